"""What may follow what somebody types into the search: operators, their values, names."""

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from heliodesk.cases import tags
from heliodesk.cases.asked import HAS, IS, OPERATORS, PRIORITIES, STATUS_WORDS
from heliodesk.customers import queries as customers
from heliodesk.entitlements import packs
from heliodesk.identity import colleagues
from heliodesk.identity.person import Person

_MOST = 8
#: The operator that is being given its value, at the end of the text.
_VALUE = re.compile(r'(?:^|\s)(-?)([A-Za-z]+):("[^"]*|[^\s"]*)$')
_START = re.compile(r"(?:^|\s)(-?[A-Za-z]*)$")
_PLAIN = re.compile(r"[\w.@-]+", re.UNICODE)


class Suggestion(NamedTuple):
    """One line: the text with it, and what it says."""

    put: str
    label: str
    note: str = ""


def suggestions(person: Person, text: str, today: date) -> list[Suggestion]:
    """The likeliest ways to go on, at most eight."""
    given = _VALUE.search(text)
    if given and given[2].lower() in _VALUES:
        name, typed = given[2].lower(), given[3].lstrip('"')
        before = text[: given.start(2)]
        return [
            Suggestion(f"{before}{name}:{quoted(value)} ", f"{name}:{quoted(value)}", note)
            for value, note in _VALUES[name](person, typed, today)
        ][:_MOST]
    start = _START.search(text)
    if start is None:
        return []
    word = start[1].lstrip("-").lower()
    before = text[: start.end(1) - len(word)]
    return [
        Suggestion(f"{before}{name}:", f"{name}:", about)
        for name, (_example, about) in OPERATORS.items()
        if name.startswith(word)
    ][: _MOST if word else len(OPERATORS)]


def quoted(value: str) -> str:
    """A value as it is written after an operator."""
    return value if _PLAIN.fullmatch(value) else '"' + value.replace('"', "") + '"'


def replaced(query: str, operator: str, value: str, name: str) -> str:
    """The search with another value of this operator."""
    given = re.escape(value)
    pattern = re.compile(rf'\b[A-Za-z]+:(?:"{given}"|{given})(?=\s|$)')
    return pattern.sub(lambda _m: f"{operator}:{quoted(name)}", query, count=1)


def tags_like(value: str) -> list[str]:
    """The tags whose names resemble this."""
    names = {tag.name.casefold(): tag.name for tag in tags.offered()}
    return [names[n] for n in difflib.get_close_matches(value.casefold(), names, n=3, cutoff=0.6)]


Offered = Iterable[tuple[str, str]]


def _words(*known: str) -> Callable[[Person, str, date], Offered]:
    def fits(_person: Person, typed: str, _today: date) -> Offered:
        return [(word, "") for word in known if word.lower().startswith(typed.lower())]

    return fits


def _account(person: Person, typed: str, today: date) -> Offered:
    found = customers.accounts(person, today, text=typed, size=_MOST) if typed else []
    return [(row.name, row.identifier or row.region) for row in found[:_MOST]]


def _from(person: Person, typed: str, today: date) -> Offered:
    found = customers.contacts(person, today, text=typed, size=_MOST) if typed else []
    return [(row.name, row.account or row.address or "") for row in found[:_MOST]]


def _owner(_person: Person, typed: str, _today: date) -> Offered:
    staff = colleagues.names_beginning(typed, most=_MOST)
    me = [("me", _("Your cases")), ("nobody", _("Cases without an owner"))]
    return [*(each for each in me if each[0].startswith(typed.lower())), *((n, "") for n in staff)]


def _package(_person: Person, typed: str, _today: date) -> Offered:
    known = packs.active().policy.pack.packages
    word = typed.lower()
    return [
        (one.code, one.label)
        for one in known
        if one.code.lower().startswith(word) or one.label.lower().startswith(word)
    ]


def _region(_person: Person, typed: str, _today: date) -> Offered:
    known = packs.active().policy.pack.regions
    return [(code, "") for code in known if code.lower().startswith(typed.lower())]


def _queue(_person: Person, typed: str, _today: date) -> Offered:
    return [(name, "") for name in colleagues.queues() if name.lower().startswith(typed.lower())]


def _tag(_person: Person, typed: str, _today: date) -> Offered:
    word = typed.casefold()
    return [(tag.name, "") for tag in tags.offered() if tag.name.casefold().startswith(word)]


def _day(_person: Person, typed: str, today: date) -> Offered:
    known = [
        ("today", ""),
        ("yesterday", ""),
        ("7d", _("a week ago")),
        ("1m", _("a month ago")),
        ("1y", _("a year ago")),
        (f"{today:%Y-%m}", _("this month")),
        (f"{today:%Y}", _("this year")),
    ]
    return [each for each in known if each[0].startswith(typed.lower())]


_VALUES: dict[str, Callable[[Person, str, date], Offered]] = {
    "account": _account,
    "from": _from,
    "owner": _owner,
    "status": _words(*STATUS_WORDS),
    "is": _words(*IS),
    "has": _words(*HAS),
    "priority": _words(*PRIORITIES),
    "package": _package,
    "region": _region,
    "queue": _queue,
    "tag": _tag,
    "before": _day,
    "after": _day,
}
