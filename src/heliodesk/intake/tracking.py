"""E-mail tracking cases: the five fields of the message that is looked for (R47, R48)."""

import re

FIELDS = ("from", "to", "date", "time", "subject")
_ASKS = re.compile(
    r"\b(?:(?:e-?mail|message|mail)[ -]?(?:tracking|tracing|trace|track)"
    r"|(?:track|trace|tracking|tracing) (?:an? |the |this )?(?:e-?mail|message))\b",
    re.I,
)
_LINE = re.compile(r"^[ \t>*_-]*(from|to|date|time|subject)[*_ \t]*:[ \t]*(\S.*)$", re.I | re.M)
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
_MOST = 20_000


def asks_for_tracking(subject: str, text: str) -> bool:
    """Whether a message asks where another message went."""
    return bool(_ASKS.search(subject)) or bool(_ASKS.search(text[:500]))


def missing_fields(text: str) -> tuple[str, ...]:
    """Those of the five fields that the text does not give, in their order.

    A date line that holds a time of day gives both.
    """
    given = {name.lower(): value for name, value in _LINE.findall(text[:_MOST])}
    if _CLOCK.search(given.get("date", "")):
        given.setdefault("time", given["date"])
    return tuple(name for name in FIELDS if name not in given)
