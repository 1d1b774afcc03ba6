"""What a subject line says: the account ID, references, the title, a claimed severity."""

import re
from dataclasses import dataclass
from functools import cache

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


@cache
def _shapes(pattern: str) -> tuple[re.Pattern[str], re.Pattern[str], tuple[int, ...]]:
    """The strict pattern, a lenient one for the same digits, and the sizes of its groups."""
    groups = tuple(int(size) for size in re.findall(r"\\d\{(\d+)\}", pattern))
    strict = re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])")
    lenient = r"[ ./_-]{0,3}".join(rf"(\d{{{size}}})" for size in groups) or r"(?!)"
    return strict, re.compile(rf"(?<![\w-]){lenient}(?![\w-])"), groups


_IN_PARENTHESES = re.compile(r"[(\[{]([^()\[\]{}]{1,60})[)\]}]")


def find_ids(subject: str, pattern: str) -> FoundIds:
    """The account IDs in a subject, leniently (R41, R42, C9).

    Args:
        pattern: the policy's pattern, such as ``\\d{2}-\\d{4}-\\d{7}``.
    """
    text = subject.translate(_DASHES)[:998]
    strict, lenient, groups = _shapes(pattern)
    bracketed = [m.group(1) for m in _IN_PARENTHESES.finditer(text)]
    found: list[str] = []
    for place in [*bracketed, text]:
        found += [m.group() for m in strict.finditer(place)]
        found += ["-".join(m.groups()) for m in lenient.finditer(place) if m.groups()]
    values = tuple(dict.fromkeys(found))[:_MOST]
    first = bool(values) and any(values[0] in b.replace(" ", "-") for b in bracketed)
    malformed = not values and _looks_meant(text, bracketed, groups)
    return FoundIds(values, malformed, first)


def _looks_meant(text: str, bracketed: list[str], groups: tuple[int, ...]) -> bool:
    """Whether something stands where an ID should, with the wrong number of digits."""
    wanted = sum(groups)
    if not wanted:
        return False
    for place in bracketed:
        digits = sum(char.isdigit() for char in place)
        rest = re.sub(r"[\d\s./_#:-]|\bid\b", "", place, flags=re.I)
        if digits >= max(4, wanted // 2) and not rest:
            return True
    shaped = r"(?<![\w-])" + "-".join([r"\d{1,9}"] * len(groups)) + r"(?![\w-])"
    return len(groups) > 2 and any(
        abs(sum(c.isdigit() for c in m.group()) - wanted) <= 3 for m in re.finditer(shaped, text)
    )


@cache
def _removable(pattern: str) -> re.Pattern[str]:
    """IDs as they may stand in a subject, with their brackets; also those with a digit too few."""
    _, lenient, _ = _shapes(pattern)
    meant = r"[(\[{]\s*(?:id)?[\s:#]*\d[\d\s./_-]{3,28}\d\s*[)\]}]"
    return re.compile(rf"[(\[{{]\s*(?:{pattern})\s*[)\]}}]|{meant}|{lenient.pattern}", re.I)


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
