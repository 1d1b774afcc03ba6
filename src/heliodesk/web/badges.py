"""Small marks: initials, their colour, and a package's bars."""

import zlib
from functools import lru_cache
from typing import NamedTuple

#: Colours of avatars: ``[data-a]`` in badge.css has as many.
HUES = 12


@lru_cache(maxsize=20_000)
def initials(name: str) -> str:
    """The first letters of the first and last word of a name."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    last = words[-1][0] if len(words) > 1 else ""
    return (words[0][0] + last).upper()


@lru_cache(maxsize=20_000)
def hue(name: str) -> int:
    """The colour of a name, the same on every page."""
    return zlib.crc32(name.encode("utf-8", "replace")) % HUES


class Package(NamedTuple):
    """A package as its badge shows it."""

    name: str
    tone: str
    #: How many of the bars are filled, of how many.
    rank: int
    ranks: int


@lru_cache(maxsize=256)
def package(code: str) -> Package:
    """A package's badge; until a policy names it, its code is its name."""
    return Package(code.replace("_", " ").replace("-", " ").capitalize(), "neutral", 0, 0)
