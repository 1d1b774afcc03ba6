"""Conditions hold or do not; rules that cannot be used are refused with what is wrong."""

from dataclasses import replace
from datetime import timedelta

import pytest

from heliodesk.automation.rules import Condition, Deed, Facts, Plan, faults, fits, holds
from tests.make import NOW

CASE = Facts(
    id=1, ref="10000017", title="Mail is slow", priority="P3", state="new", queue="london",
    package="gold", region="UK", kind="technical", channel="email", owner="", account="Brass Ltd",
    message="Since MONDAY nothing works", sender="ann@brass.example", opened_at=NOW,
    last_customer_at=NOW, last_activity_at=NOW, due_at=NOW + timedelta(hours=8), cause=7,
    tags=("Billing",),
)  # fmt: skip
LATER = NOW + timedelta(hours=5)


@pytest.mark.parametrize(
    ("fact", "how", "value", "held"),
    [
        ("priority", "is", "p3", True),
        ("priority", "is", "P2", False),
        ("priority", "is_not", "P2", True),
        ("owner", "is", "", True),
        ("title", "contains", "SLOW", True),
        ("message", "contains", "monday", True),
        ("message", "contains_not", "monday", False),
        ("sender", "contains", "@brass.example", True),
        ("hours_open", "at_least", "5", True),
        ("hours_open", "less_than", "5", False),
        ("hours_to_due", "less_than", "4", True),
        ("hours_to_due", "at_least", "4", False),
        ("hours_since_activity", "at_least", "5.1", False),
        ("tags", "has", "billing ", True),
        ("tags", "has_not", "billing", False),
        ("tags", "has", "bill", False),
    ],
)
def test_a_condition_holds_or_not(fact: str, how: str, value: str, held: bool) -> None:
    assert holds(Condition(fact, how, value), CASE, LATER) is held


def test_what_never_happened_is_long_ago() -> None:
    silent = replace(CASE, last_customer_at=None)
    assert holds(Condition("hours_since_customer", "at_least", "99999"), silent, LATER)


def test_all_of_one_group_and_one_of_the_other() -> None:
    gold, p2, slow = (
        Condition("package", "is", "gold"),
        Condition("priority", "is", "P2"),
        Condition("title", "contains", "slow"),
    )
    deeds = (Deed("note", "x"),)
    assert fits(Plan("opened", (gold,), (p2, slow), deeds), CASE, LATER)
    assert not fits(Plan("opened", (gold, p2), (slow,), deeds), CASE, LATER)
    assert not fits(Plan("opened", (gold,), (p2,), deeds), CASE, LATER)
    assert fits(Plan("opened", (gold,), (), deeds), CASE, LATER)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"moment": "never"}, "when the rule is asked"),
        ({"all": ()}, "at least one condition"),
        ({"all": (Condition("shoe", "is", "x"),)}, "Nothing is known as “shoe”"),
        ({"all": (Condition("title", "at_least", "x"),)}, "cannot be compared"),
        ({"all": (Condition("title", "contains", " "),)}, "Say what “title” should contain"),
        ({"all": (Condition("hours_open", "at_least", "soon"),)}, "number of hours"),
        ({"all": (Condition("hours_open", "at_least", "nan"),)}, "number of hours"),
        ({"all": (Condition("title", "contains", "x"),) * 13}, "At most 12"),
        ({"moment": "time"}, "condition in hours"),
        ({"deeds": ()}, "what the rule does"),
        ({"deeds": (Deed("fly", "x"),)}, "cannot do “fly”"),
        ({"deeds": (Deed("note", ""),)}, "what to note"),
        ({"deeds": (Deed("prioritise", "P1"),)}, "only a call makes a P1"),
        ({"deeds": (Deed("assign", "Ann"),)}, "who gets the case"),
        ({"deeds": (Deed("tell", "everybody"),)}, "who is told"),
        ({"deeds": (Deed("note", "x"),) * 7}, "At most 6"),
    ],
)
def test_what_is_wrong_is_said(change: dict[str, object], why: str) -> None:
    good = Plan("opened", (Condition("title", "contains", "x"),), (), (Deed("note", "x"),))
    assert faults(good) == []
    assert any(why in one for one in faults(replace(good, **change)))  # type: ignore[arg-type]  # fields of it by name
