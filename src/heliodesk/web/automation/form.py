"""A rule as a form sends it, and as it is shown in one."""

from collections.abc import Sequence
from typing import TypeVar

from django.http import QueryDict

from heliodesk.automation.rules import Condition, Deed, Plan

Line = TypeVar("Line", Condition, Deed)
#: Empty lines that a form offers beyond those that are used.
SPARE = 2


def plan(given: QueryDict) -> Plan:
    """The rule that was sent; lines without a fact or deed are left out."""
    return Plan(
        given.get("moment", ""),
        _conditions(given, "all"),
        _conditions(given, "any"),
        deeds(given),
    )


def deeds(given: QueryDict) -> tuple[Deed, ...]:
    """The things to do that were sent."""
    lines = zip(given.getlist("do"), given.getlist("do_value"), strict=False)
    return tuple(Deed(do, value.strip()) for do, value in lines if do)


def _conditions(given: QueryDict, group: str) -> tuple[Condition, ...]:
    lines = zip(
        given.getlist(f"{group}_fact"),
        given.getlist(f"{group}_comparison"),
        given.getlist(f"{group}_value"),
        strict=False,
    )
    return tuple(Condition(fact, how, value.strip()) for fact, how, value in lines if fact)


def lines(of: Sequence[Line], empty: Line) -> list[Line]:
    """The lines of a form: those in use, and some to fill in."""
    return list(of) + [empty] * SPARE
