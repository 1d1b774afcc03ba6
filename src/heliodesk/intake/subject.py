"""What a subject line says: the account ID, references, the title, a claimed severity."""

import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from heliodesk.kernel.references import bare_references, tagged_references
from heliodesk.kernel.text import one_line

_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|sv|antw|vs|r|fw|fwd|wg|tr|rv|enc|i|vb|doorst|ynt|odp|vl)\s*(?:\[\d+\])?\s*:"
    r"|\[(?:external|ext|extern|spam\??|suspected spam|caution)\]:?)\s*",
    re.I,
)
_OUR_TAG = re.compile(r"\[#\s*[\d ]{8,16}\]|\[H-[A-Z]{5,12}\]", re.I)
_P1 = re.compile(
    r"(?<![\w-])(?:p[ -]?1|prio(?:rity)?[ :#-]{0,2}1|sev(?:erity)?[ :#-]{0,2}1)(?![\w-])", re.I
)
_SEVERITY_LINE = re.compile(
    r"^\s*(?:priority|severity|prio|sev)\s*[:=]\s*(?:p|sev|priority|severity)?[ -]?([1-4])\b",
    re.I | re.M,
)
_DASHES = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------")
_MOST = 5


@dataclass(frozen=True)
class FoundIds:
    """Account IDs of a subject, in the order found.

    ``values`` have the policy's pattern; ``malformed`` says that something was meant to be one.
    """

    values: tuple[str, ...] = ()
    malformed: bool = False
    #: The first stood in parentheses, as the guidance asks (R41).
    in_parentheses: bool = False


class _Shape(NamedTuple):
    """How IDs of a pattern look: strictly, and as people write them."""

    strict: re.Pattern[str]
    lenient: re.Pattern[str]
    #: Sizes of the groups of digits, and the letters between them.
    groups: tuple[int, ...]
    letters: str
    #: The ID as it should be written, with ``{}`` for each group of digits.
    form: str


_PIECES = re.compile(r"\\d\{(\d+)\}|([A-Za-z]+)|\\?([-./_ ])")


@cache
def _shapes(pattern: str) -> _Shape:
    """The strict pattern and a lenient one: other separators, letters in any case (C9).

    A pattern of other things than digits, letters and separators is taken strictly alone.
    """
    strict = re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])")
    pieces = list(_PIECES.finditer(pattern))
    groups = tuple(int(m[1]) for m in pieces if m[1])
    if not groups or "".join(m[0] for m in pieces) != pattern:
        return _Shape(strict, re.compile(r"(?!)"), groups, "", "")
    lenient = "".join(rf"(\d{{{m[1]}}})" if m[1] else m[2] or r"[ ./_-]{0,3}" for m in pieces)
    form = "".join("{}" if m[1] else m[2] or m[3] for m in pieces)
    letters = "".join(m[2] or "" for m in pieces)
    found = re.compile(rf"(?<![\w-]){lenient}(?![\w-])", re.I)
    return _Shape(strict, found, groups, letters, form)


_IN_PARENTHESES = re.compile(r"[(\[{]([^()\[\]{}]{1,60})[)\]}]")


def find_ids(subject: str, pattern: str, *, bracketed_only: bool = False) -> FoundIds:
    """The account IDs in a subject, leniently (R41, R42, C9).

    Args:
        pattern: the policy's pattern, such as ``\\d{2}-\\d{4}-\\d{7}``.
        bracketed_only: an ID counts only inside parentheses.
    """
    text = subject.translate(_DASHES)[:998]
    shape = _shapes(pattern)
    bracketed = [m.group(1) for m in _IN_PARENTHESES.finditer(text)]
    found: list[str] = []
    for place in bracketed if bracketed_only else [*bracketed, text]:
        found += [m.group() for m in shape.strict.finditer(place)]
        found += [shape.form.format(*m.groups()) for m in shape.lenient.finditer(place)]
    values = tuple(dict.fromkeys(found))[:_MOST]
    first = bool(values) and any(values[0] in b.replace(" ", "-") for b in bracketed)
    malformed = not values and _looks_meant(text, bracketed, shape)
    return FoundIds(values, malformed, first)


def _looks_meant(text: str, bracketed: list[str], shape: _Shape) -> bool:
    """Whether something stands where an ID should, with the wrong number of digits."""
    groups, wanted = shape.groups, sum(shape.groups)
    if not wanted:
        return False
    named = rf"|{shape.letters}" if shape.letters else ""
    for place in bracketed:
        digits = sum(char.isdigit() for char in place)
        rest = re.sub(rf"[\d\s./_#:-]|\bid\b{named}", "", place, flags=re.I)
        if digits >= max(min(4, wanted - 2), wanted // 2) and not rest:
            return True
    shaped = r"(?<![\w-])" + "-".join([r"\d{1,9}"] * len(groups)) + r"(?![\w-])"
    return len(groups) > 2 and any(
        abs(sum(c.isdigit() for c in m.group()) - wanted) <= 3 for m in re.finditer(shaped, text)
    )


@cache
def _removable(pattern: str) -> re.Pattern[str]:
    """IDs as they may stand in a subject, with their brackets; also those with a digit too few."""
    free = _shapes(pattern).lenient.pattern
    meant = r"[(\[{]\s*(?:id)?[\s:#]*\d[\d\s./_-]{3,28}\d\s*[)\]}]"
    named = rf"[(\[{{]\s*(?:(?:{pattern})|{free})\s*[)\]}}]"
    return re.compile(rf"{named}|{meant}|{free}", re.I)


def title_of(subject: str, pattern: str) -> str:
    """The case's title: the subject less ID, Re:/Fw: and tags (R43)."""
    text = _OUR_TAG.sub(" ", one_line(subject))
    text = _removable(pattern).sub(" ", text.translate(_DASHES))
    text = " ".join(text.split())
    while match := _PREFIX.match(text):
        text = text[match.end() :]
    return text.strip(" -–—:,;") or ""


def references_of(subject: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Case references that are named as such, and numbers that could be one."""
    tagged = tagged_references(subject)
    bare = [ref for ref in bare_references(subject) if ref not in tagged]
    return tuple(tagged[:_MOST]), tuple(bare[:_MOST])


def claimed_severity(subject: str, text: str) -> str | None:
    """The severity that a message claims, in the subject or on a line of its own."""
    if _P1.search(subject):
        return "P1"
    line = _SEVERITY_LINE.search(text[:4000])
    return f"P{line.group(1)}" if line else None
