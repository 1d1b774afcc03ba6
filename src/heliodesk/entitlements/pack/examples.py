"""Worked examples that ship with a pack: situations, and what must come out."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

_PACKS = files("heliodesk.entitlements") / "packs"


@dataclass(frozen=True, slots=True)
class Example:
    """A situation with its outcome, the readings it is about, and its number."""

    id: str
    refs: str
    input: Mapping[str, Any]
    expect: Mapping[str, Any]


@lru_cache(maxsize=8)
def examples_of(pack: str) -> tuple[Example, ...]:
    """The worked examples of a pack by its code; none for a pack that does not ship."""
    found = next((e for e in _PACKS.iterdir() if e.name == f"{pack}.examples.jsonl"), None)
    return tuple(_read(found.read_text(encoding="utf-8"))) if found else ()


def _read(text: str) -> Iterator[Example]:
    for line in text.splitlines():
        given = json.loads(line)
        yield Example(given["id"], given["refs"], given["input"], given["expect"])
