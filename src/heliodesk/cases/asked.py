"""What somebody typed into a search: words, and operators that narrow it. Pure text.

Whatever cannot be understood is told in a hint and never lost: an unknown operator is looked for
as words, a value that makes no sense is left out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from heliodesk.cases.rules import OPEN, State

#: Each operator with what follows it, as help and suggestions tell it.
OPERATORS: Mapping[str, tuple[str, str]] = {
    "account": ("account:northwind", "Cases of an account, by its name, ID or mail domain"),
    "from": ("from:mara", "Cases that a contact raised, by name or address"),
    "owner": ("owner:me", "Whose case it is: me, nobody, or a colleague’s name"),
    "status": (
        "status:waiting",
        "new, assigned, waiting, engineering, resolved, closed, cancelled",
    ),
    "is": ("is:open", "open, done, mine, unassigned, late, merged"),
    "priority": ("priority:p2", "P1 to P4; several with a comma"),
    "package": ("package:gold", "The support package that the case was opened under"),
    "region": ("region:uk", "The region of the account"),
    "queue": ("queue:emea", "The queue that the case is in"),
    "tag": ("tag:renewal", "A tag on the case"),
    "has": ("has:attachment", "Cases with a file"),
    "before": ("before:2026-03-01", "Opened before this day"),
    "after": ("after:7d", "Opened on this day or later; 7d, 2w, 3m, 1y count back from today"),
}
_ALSO = {
    "acct": "account", "customer": "account", "contact": "from", "by": "from", "assignee": "owner",
    "state": "status", "prio": "priority", "tags": "tag", "until": "before", "since": "after",
}  # fmt: skip
_DONE = tuple(sorted(state.value for state in State if state not in OPEN))
_OPEN = tuple(sorted(state.value for state in OPEN))
STATUS: Mapping[str, tuple[str, ...]] = {
    **{state.value: (state.value,) for state in State},
    "waiting": (State.PENDING_CUSTOMER.value,),
    "customer": (State.PENDING_CUSTOMER.value,),
    "engineering": (State.PENDING_VENDOR.value,),
    "vendor": (State.PENDING_VENDOR.value,),
    "canceled": (State.CANCELLED.value,),
    "open": _OPEN,
    "done": _DONE,
}
#: The values worth suggesting, in the order of a case's life.
STATUS_WORDS = ("new", "assigned", "waiting", "engineering", "resolved", "closed", "cancelled")
IS = ("open", "done", "mine", "unassigned", "late", "merged")
HAS = ("attachment",)
PRIORITIES = ("P1", "P2", "P3", "P4")
_HAS = frozenset({"attachment", "attachments", "file", "files"})

_PART = re.compile(
    r"""(?P<minus>-?)(?P<name>[A-Za-z_]+):(?P<value>"[^"]*"|[^\s"]*)(?=\s|$)
    | -?"[^"]*" | \S+""",
    re.VERBOSE,
)
_WORD = re.compile(r"\w")
_WORDS = re.compile(r"\w+")
_DAY = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_AGO = re.compile(r"(\d{1,4})([dwmy])")
_LONGEST = 400
_MOST_TERMS = 20


@dataclass(frozen=True)
class Term:
    """One operator: it narrows to these values, or with ``minus`` to all others."""

    name: str
    values: tuple[str, ...]
    minus: bool = False
    #: The day of ``before`` and ``after``.
    day: date | None = None


@dataclass(frozen=True)
class Hint:
    """What of a search was not understood, in words a person can act on."""

    about: str
    text: str


@dataclass(frozen=True)
class Asked:
    """A search as it was understood."""

    #: The words, phrases and words to leave out, as PostgreSQL's web search reads them.
    words: str = ""
    terms: tuple[Term, ...] = ()
    hints: tuple[Hint, ...] = ()
    #: Each word that is wanted, for marking where it was found.
    wanted: tuple[str, ...] = ()
    #: Words and phrases that must not be there.
    unwanted: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.words and not self.terms

    @property
    def narrowed(self) -> bool:
        """Whether operators narrow it."""
        return bool(self.terms)


@dataclass
class _Reading:
    """What was understood so far."""

    today: date
    words: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)

    def word(self, text: str) -> None:
        """Take a word or a phrase."""
        if not _WORD.search(text):
            return
        self.words.append(text)
        if text.startswith("-"):
            self.unwanted.append(text[1:])
        elif text.lower() != "or":
            self.wanted += _WORDS.findall(text)

    def hint(self, about: str, text: str) -> None:
        """Say what was not understood."""
        self.hints.append(Hint(about, text))


def read(text: str, *, today: date) -> Asked:
    """Understand a search; ``today`` is the day at the person who asks."""
    reading = _Reading(today)
    plain = text.replace("\0", " ").replace("“", '"').replace("”", '"')[:_LONGEST]
    for part in _PART.finditer(plain):
        name = part["name"]
        if name is None or part["value"].startswith("//"):
            reading.word(part[0])
        else:
            _operator(reading, part[0], name.lower(), part["value"].strip('"'))
    return Asked(
        " ".join(reading.words),
        tuple(reading.terms[:_MOST_TERMS]),
        tuple(reading.hints),
        tuple(dict.fromkeys(reading.wanted)),
        tuple(reading.unwanted),
    )


def _operator(reading: _Reading, whole: str, name: str, value: str) -> None:
    """Take one operator, or say what is wrong with it."""
    known = _ALSO.get(name, name)
    if known not in OPERATORS:
        close = nearest(known, OPERATORS)
        also = f" Did you mean “{close}:”?" if close else ""
        reading.hint(whole, f"“{name}:” is no operator, so it was looked for as words.{also}")
        reading.word(whole)
        return
    values = tuple(dict.fromkeys(v for each in value.split(",") if (v := each.strip())))
    if not values:
        example = OPERATORS[known][0]
        reading.hint(whole, f"Say what after “{known}:”, for example {example}.")
        return
    term = _CHECKS.get(known, _as_it_is)(reading, whole, known, values)
    if term:
        reading.terms.append(Term(term.name, term.values, whole.startswith("-"), term.day))


def _as_it_is(_reading: _Reading, _whole: str, name: str, values: tuple[str, ...]) -> Term | None:
    """Names are looked up later, by those who know them."""
    return Term(name, values)


_Check = Callable[[_Reading, str, str, tuple[str, ...]], Term | None]


def _one_of(known: Mapping[str, object]) -> _Check:
    """A check that every value is one of these words, whatever its case."""
    plain = {word.lower(): word for word in known}

    def check(reading: _Reading, whole: str, name: str, values: tuple[str, ...]) -> Term | None:
        right = [plain[value.lower()] for value in values if value.lower() in plain]
        for value in values:
            if value.lower() not in plain:
                close = nearest(value.lower(), plain)
                also = f" Did you mean {plain[close]}?" if close else f" {_CHOICES[name]}"
                reading.hint(whole, f"“{name}:{value}” is not known and was left out.{also}")
        return Term(name, tuple(right)) if right else None

    return check


def _date(reading: _Reading, whole: str, name: str, values: tuple[str, ...]) -> Term | None:
    day = day_of(values[0], reading.today)
    if day is None:
        reading.hint(
            whole,
            f"“{values[0]}” is not a day, so “{name}:” was left out. Write 2026-03-01, 2026-03,"
            " 2026, today, yesterday, or 7d, 2w, 3m, 1y for that long ago.",
        )
        return None
    return Term(name, values[:1], day=day)


def day_of(text: str, today: date) -> date | None:
    """The first day that these words mean; none when they mean no day."""
    word = text.lower()
    if word in ("today", "yesterday"):
        return today - timedelta(days=word == "yesterday")
    try:
        if ago := _AGO.fullmatch(word):
            return _back(today, int(ago[1]), ago[2])
        if given := _DAY.fullmatch(word):
            return date(int(given[1]), int(given[2] or 1), int(given[3] or 1))
    except (ValueError, OverflowError):
        return None
    return None


def _back(today: date, number: int, unit: str) -> date:
    """So many days, weeks, months or years before today."""
    if unit in "dw":
        return today - timedelta(days=number * (7 if unit == "w" else 1))
    months = today.year * 12 + today.month - 1 - number * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    for day in range(today.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(today.day, 28))


def nearest(word: str, known: Mapping[str, object]) -> str:
    """The known word that is one slip away (a wrong, missing, further or swapped letter)."""
    return next((each for each in known if _one_slip(word, each)), "")


def _one_slip(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 2:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return (
        a[1:] == b[1:]
        or a[1:] == b
        or a == b[1:]
        or (len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:])
    )


_CHOICES = {
    "status": f"Choose from {', '.join(STATUS_WORDS)}.",
    "is": f"Choose from {', '.join(IS)}.",
    "has": "Write has:attachment.",
    "priority": "Choose from P1, P2, P3 and P4.",
}
_CHECKS: Mapping[str, _Check] = {
    "status": _one_of(STATUS),
    "is": _one_of(dict.fromkeys(IS)),
    "has": _one_of(dict.fromkeys(_HAS)),
    "priority": _one_of(dict.fromkeys(PRIORITIES)),
    "before": _date,
    "after": _date,
}
