"""Reads of the people and teams of the desk, for those who look after them."""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.db.models import Count, Q

from heliodesk.identity.models import StaffRole, Team, User
from heliodesk.identity.rules import STAFF

_MOST = 500


def everybody() -> list[User]:
    """Who works here, then who did, each with their teams; at most 500."""
    users = (
        User.staff.select_related("own_role")
        .prefetch_related("teams")
        .order_by("-is_active", "name", "id")
    )
    return list(users[:_MOST])


def all_teams() -> list[Team]:
    """Every team by name, with its members."""
    return list(Team.objects.prefetch_related("members").order_by("name", "id"))


def teams_of(ids: Iterable[str]) -> list[Team]:
    """The teams with these ids, as forms name them; what is no id is passed over."""
    return list(Team.objects.filter(pk__in=[int(one) for one in ids if one.isdecimal()]))


def holders() -> dict[str, int]:
    """How many active people have each role: shipped ones by code, those made here by id."""
    rows = User.staff.filter(is_active=True).values_list("own_role_id", "role")
    found: dict[str, int] = {}
    for own, role, n in rows.annotate(n=Count("id")).order_by():
        found[str(own or role)] = found.get(str(own or role), 0) + n
    return found


def made_here(id: str) -> StaffRole | None:
    """The role made at this desk with this id, as a form names it."""
    return StaffRole.objects.filter(pk=id, code=None).first() if id.isdecimal() else None


def with_second_factor() -> set[int]:
    """The people of the desk who have an app or a passkey."""
    found = Authenticator.objects.filter(type__in=["totp", "webauthn"], user__role__in=STAFF)
    return set(found.values_list("user_id", flat=True))


def colleague_at(address: str) -> int | None:
    """Who of the desk has this address and works here."""
    found = User.staff.filter(email__iexact=address, is_active=True)
    return found.values_list("pk", flat=True).first()


def team_called(name: str) -> int | None:
    """The team of this code or name."""
    found = Team.objects.filter(Q(code__iexact=name) | Q(name__iexact=name)).order_by("id")
    return found.values_list("pk", flat=True).first()


def signature_of(user_id: int) -> str:
    """What a person wants under their answers; empty leaves it to the template."""
    return User.objects.values_list("signature", flat=True).get(pk=user_id)


def mailed_to(user_id: int) -> list[str]:
    """The kinds of notices that a person gets by mail, too."""
    return list(User.objects.values_list("mailed", flat=True).get(pk=user_id))


def team_of(user_id: int, queue: str) -> str:
    """A team of a person, one that works this queue if they are in one."""
    teams = list(Team.objects.filter(members=user_id).order_by("id"))
    own = [team for team in teams if queue in team.queues]
    return next((team.name for team in own or teams), "")
