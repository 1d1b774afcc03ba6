"""The demo's tags and views."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from heliodesk.cases import actions, filters, tags
from heliodesk.cases.actions import viewing
from heliodesk.cases.models import Case
from heliodesk.config.demo import scripts
from heliodesk.config.demo.open import World
from heliodesk.identity.models import User
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role

#: How long ago they were made.
_BEGAN = timedelta(days=30)


def keep(world: World, *, at: datetime) -> None:
    """Make the tags and views of the script, and tag cases as it has it."""
    script, began = scripts.lists(), at - _BEGAN
    for row in script["tags"]:
        actions.add_tag(**row, by=world.by("imogen"), at=began)
    tags.forget()
    for row in script["cases"]:
        case = Case.objects.get(title__startswith=row["title"])
        ids = [one.id for one in tags.named(row["tags"])[0]]
        actions.tag(case, add=ids, by=world.by("sam"), at=case.last_activity_at)
    for row in script["views"]:
        _view(world, row, began)


def _view(world: World, row: Mapping[str, Any], at: datetime) -> None:
    plan = filters.read(row["scope"], [_group(one) for one in row["groups"]])
    saved = viewing.save_view(
        None,
        name=row["name"],
        plan=plan,
        order=row["order"],
        shared=row["shared"],
        person=_person(world.users[row["who"]]),
        at=at,
    )
    for who in row["pins"]:
        viewing.pin_view(saved.pk, person=_person(world.users[who]))


def _group(group: Mapping[str, Any]) -> dict[str, Any]:
    """A group with its tags by their ids."""
    conditions = [
        {**one, "values": _ids(one["values"])} if one["fact"] == "tags" else one
        for one in group["conditions"]
    ]
    return {**group, "conditions": conditions}


def _ids(names: Sequence[str]) -> list[str]:
    return [str(one.id) for one in tags.named(names)[0]]


def _person(user: User) -> Person:
    return Person(user.pk, user.name, user.email, Role(user.role), user.zone)
