"""What a search means: operators, dates, hints; nothing typed is ever lost."""

from datetime import date

import pytest

from heliodesk.cases.asked import OPERATORS, day_of, nearest, read

TODAY = date(2026, 11, 23)


def test_words_phrases_and_minus_are_handed_on_as_they_are() -> None:
    asked = read('connector "stops after" -again "-not this"', today=TODAY)
    assert asked.words == 'connector "stops after" -again "-not this"'
    assert asked.wanted == ("connector", "stops", "after", "not", "this")
    assert asked.unwanted == ("again",)
    assert not asked.narrowed
    assert not asked.hints


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_s_example_is_understood(name: str) -> None:
    asked = read(OPERATORS[name][0], today=TODAY)
    assert [term.name for term in asked.terms] == [name]
    assert asked.words == ""
    assert asked.hints == ()


def test_operators_have_values_minus_quotes_and_other_names() -> None:
    asked = read('account:"Northwind Freight" -priority:p2,P3 Since:2w contact:mara', today=TODAY)
    account, priority, after, by = asked.terms
    assert account.values == ("Northwind Freight",)
    assert (priority.values, priority.minus) == (("P2", "P3"), True)
    assert (after.name, after.day) == ("after", date(2026, 11, 9))
    assert by.name == "from"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("foo:bar", "“foo:” is no operator, so it was looked for as words."),
        ("acount:x", "Did you mean “account:”?"),
        ("status:waitng", "“status:waitng” is not known and was left out. Did you mean waiting?"),
        ("status:blue", "Choose from new, assigned"),
        ("before:2026-13-01", "“2026-13-01” is not a day, so “before:” was left out. Write"),
        ("after:soon", "is not a day"),
        ("priority:P9", "P1"),
        ("account:", "Say what after “account:”, for example account:northwind."),
    ],
)
def test_what_is_not_understood_is_told(text: str, said: str) -> None:
    asked = read(f"quokka {text} wombat", today=TODAY)
    assert said in " ".join(hint.text for hint in asked.hints)
    assert asked.words.startswith("quokka")
    assert asked.words.endswith("wombat")
    assert asked.terms == ()


def test_an_unknown_operator_is_looked_for_as_words() -> None:
    assert read("Error:timeout", today=TODAY).words == "Error:timeout"


@pytest.mark.parametrize("text", ["https://desk.example/x", "10:30", "a:", "::", ":x"])
def test_what_only_looks_like_an_operator_is_words(text: str) -> None:
    asked = read(text, today=TODAY)
    assert asked.terms == ()
    assert asked.words == text or text in ("a:", "::", ":x")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        ("2026-3-1", date(2026, 3, 1)),
        ("2026-03", date(2026, 3, 1)),
        ("2025", date(2025, 1, 1)),
        ("today", TODAY),
        ("Yesterday", date(2026, 11, 22)),
        ("7d", date(2026, 11, 16)),
        ("2w", date(2026, 11, 9)),
        ("11m", date(2025, 12, 23)),
        ("1y", date(2025, 11, 23)),
        ("2026-02-30", None),
        ("9999y", None),
        ("99999d", None),
        ("0000", None),
        ("", None),
    ],
)
def test_days(text: str, day: date | None) -> None:
    assert day_of(text, TODAY) == day


def test_a_month_ago_is_a_day_that_exists() -> None:
    assert day_of("1m", date(2026, 3, 31)) == date(2026, 2, 28)
    assert day_of("1y", date(2028, 2, 29)) == date(2027, 2, 28)


def test_one_slip_is_forgiven() -> None:
    known = {"status": 1, "before": 1}
    for slip in ("statsu", "statu", "staatus", "stbtus", "befroe"):
        assert nearest(slip, known) in known
    assert nearest("stat", known) == ""
