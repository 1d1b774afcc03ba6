"""Telephone numbers as they come: withheld, with signs, in national form. Pure."""

import re

_WITHHELD = frozenset(
    {"", "anonymous", "unknown", "restricted", "private", "unavailable", "withheld", "asterisk",
     "+266696687", "266696687", "+7378742833", "+2562533", "+86282452253", "+8656696"}
)  # fmt: skip
_NOT_DIGITS = re.compile(r"[^0-9]")
#: Digits at the end that make out a subscriber, whatever the way a number is written.
MATCHED = 9


def cleaned(text: str) -> str:
    """The number as it is kept: digits with a plus if it had one; empty when withheld."""
    given = text.strip().removeprefix("sip:").removeprefix("tel:").partition("@")[0].strip()
    if given.lower() in _WITHHELD:
        return ""
    digits = _NOT_DIGITS.sub("", given)
    if given.startswith("00"):
        return "+" + digits[2:][:19]
    return ("+" if given.startswith("+") else "") + digits[:20]


def ending(number: str) -> str:
    """What is compared between a caller's number and a registered one; empty if too short."""
    digits = _NOT_DIGITS.sub("", number)
    return digits[-MATCHED:] if len(digits) >= MATCHED else ""


def identifier(digits: str, pattern: str) -> str:
    """An account ID as it is written, from the digits keyed: the hyphens of the pattern restored.

    ``0012340567890`` with ``\\d{2}-\\d{4}-\\d{7}`` gives ``00-1234-0567890``.
    """
    rest, written, at = digits, [], 0
    for found in re.finditer(r"\\d\{(\d+)\}", pattern):
        written.append(re.sub(r"\\(.)", r"\1", pattern[at : found.start()]))
        size = int(found[1])
        written.append(rest[:size])
        rest, at = rest[size:], found.end()
    written.append(re.sub(r"\\(.)", r"\1", pattern[at:]))
    return "".join(written)


def digits_of(pattern: str) -> int:
    """How many digits an account ID of this pattern has."""
    return sum(int(size) for size in re.findall(r"\\d\{(\d+)\}", pattern)) or 13
