"""Case and intake references: short, speakable, with a check digit (R85, C37).

A case reference is digits only, so that a caller can key it on a telephone. Its last digit is
a Damm check digit, which catches every single wrong digit and every swap of two neighbours.
A reference names a case; it grants nothing.
"""

import re
from collections.abc import Iterable

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_HELD_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ"
_SHORTEST = 8
_LONGEST = 12


def check_digit(digits: str) -> str:
    """The Damm check digit of a string of digits."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][ord(digit) - 48]
    return str(interim)


def case_reference(number: int) -> str:
    """The reference of the case with this running number (10,000,000 and up give 9 digits)."""
    digits = f"{number:07d}"
    return digits + check_digit(digits)


def is_case_reference(text: str) -> bool:
    """Whether this is 8 to 12 ASCII digits whose check digit holds."""
    if not (_SHORTEST <= len(text) <= _LONGEST and text.isascii() and text.isdigit()):
        return False
    return check_digit(text[:-1]) == text[-1]


def likely_references(text: str) -> list[str]:
    """The references that somebody who wrote these digits may mean, when there is no such case.

    One slip is thought of, the likeliest first: two neighbours swapped, a wrong digit, one too few,
    one too many.
    """
    if not (text.isascii() and text.isdigit() and _SHORTEST - 1 <= len(text) <= _LONGEST + 1):
        return []
    digits = "0123456789"
    near = [text[:i] + text[i + 1] + text[i] + text[i + 2 :] for i in range(len(text) - 1)]
    near += [text[:i] + digit + text[i + 1 :] for i in range(len(text)) for digit in digits]
    near += [text[:i] + digit + text[i:] for i in range(len(text) + 1) for digit in digits]
    near += [text[:i] + text[i + 1 :] for i in range(len(text))]
    return [each for each in dict.fromkeys(near) if each != text and is_case_reference(each)]


def spoken(reference: str) -> str:
    """The reference in groups of four, as it is shown and read out."""
    return " ".join(reference[i : i + 4] for i in range(0, len(reference), 4))


def held_reference(number: int) -> str:
    """The reference of a held item: letters only after ``H-``, never valid for a case (C37)."""
    letters = ""
    while number or len(letters) < 5:
        number, rest = divmod(number, len(_HELD_ALPHABET))
        letters = _HELD_ALPHABET[rest] + letters
    return "H-" + letters


_HELD = re.compile(rf"H-[{_HELD_ALPHABET}]{{5,12}}")


def is_held_reference(text: str) -> bool:
    """Whether this has the shape of a held item's reference."""
    return _HELD.fullmatch(text) is not None


_TAGGED = re.compile(
    r"\[#?\s*(\d[\d ]{6,14}\d)\s*\]"
    r"|(?:#|\b(?:case|ticket|ref(?:erence)?)(?:\s+(?:no|number|id|ref(?:erence)?)\b\.?)?:?)"
    r"\s*(\d[\d ]{6,14}\d)",
    re.I,
)
_BARE = re.compile(r"(?<![\d-])(\d{4} \d{4,8}|\d{8,12})(?![\d-])")


def tagged_references(subject: str) -> list[str]:
    """References that a subject names as such: ``[#4812 0990]``, ``case 4812…``."""
    found = (a or b for a, b in _TAGGED.findall(subject))
    return _valid(found)


def bare_references(subject: str) -> list[str]:
    """Numbers in a subject that could be references although nothing says so."""
    return _valid(_BARE.findall(subject))


def _valid(found: Iterable[str]) -> list[str]:
    seen: list[str] = []
    for text in found:
        digits = text.replace(" ", "")
        if is_case_reference(digits) and digits not in seen:
            seen.append(digits)
    return seen
