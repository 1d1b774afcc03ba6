"""Reads of the people and teams of the desk, for those who look after them."""

from collections.abc import Iterable

from heliodesk.identity.models import Team, User

_MOST = 500


def everybody() -> list[User]:
    """Who works here, then who did, each with their teams; at most 500."""
    users = User.staff.prefetch_related("teams").order_by("-is_active", "name", "id")
    return list(users[:_MOST])


def all_teams() -> list[Team]:
    """Every team by name, with its members."""
    return list(Team.objects.prefetch_related("members").order_by("name", "id"))


def teams_of(ids: Iterable[str]) -> list[Team]:
    """The teams with these ids, as forms name them; what is no id is passed over."""
    return list(Team.objects.filter(pk__in=[int(one) for one in ids if one.isdecimal()]))
