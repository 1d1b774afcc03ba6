"""Small marks: initials, their colour, and a package's bars."""

import time
import zlib
from functools import lru_cache
from typing import NamedTuple

from heliodesk.entitlements import packs

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


#: Tones by rank, from the base that everybody has to the highest.
_TONES = ("neutral", "copper", "steel", "amber", "violet", "teal")
#: Badges older than this many seconds are read again from the policy in force.
_FRESH_SECONDS = 30.0
_read: tuple[float, dict[str, Package]] = (-_FRESH_SECONDS, {})


def package(code: str) -> Package:
    """A package's badge; a code that the policy does not know is its own name."""
    global _read
    if time.monotonic() - _read[0] > _FRESH_SECONDS:
        _read = (time.monotonic(), _packages())
    return _read[1].get(code) or Package(code.replace("_", " ").capitalize(), "neutral", 0, 0)


def _packages() -> dict[str, Package]:
    try:
        policy = packs.active().policy
    except packs.NoActivePack:
        return {}
    found = policy.pack.packages
    return {
        one.code: Package(one.label, _TONES[min(one.rank, 5)], one.rank, len(found) - 1)
        for one in found
    }


def forget() -> None:
    """Read the policy anew at the next look."""
    global _read
    _read = (-_FRESH_SECONDS, {})
