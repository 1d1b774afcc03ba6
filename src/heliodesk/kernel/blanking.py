"""Taking somebody's names, addresses and numbers out of what is kept.

A ``Blank`` knows what to look for and what to write instead; ``rewrite`` applies it to columns of
a table, and writes only the rows that changed.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

#: A shorter word would be found in too much else.
SHORTEST = 3
_FEWEST_DIGITS = 6
#: What may stand between the digits of a number as people write it.
_BETWEEN = r"[\s().\-/]{0,3}"


@dataclass(frozen=True)
class Blank:
    """What is looked for, and what is written instead."""

    names: tuple[str, ...]
    addresses: tuple[str, ...]
    numbers: tuple[str, ...]
    #: Names by which they are addressed; looked for as they are written, in texts only.
    parts: tuple[str, ...] = ()
    #: For a name, an address and a number.
    name: str = "…"
    address: str = "…"
    number: str = "…"

    def text(self, words: str) -> str:
        """The text without them."""
        if not words:
            return words
        for pattern, instead in self._patterns:
            words = pattern.sub(instead, words)
        return words

    def of(self, value: Any) -> Any:
        """A text, or every text in a list or a mapping, without them."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self.of(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.of(one) for one in value]
        return value

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The names, addresses and numbers themselves, long enough to be looked for."""
        return tuple(
            word
            for word in (*self.addresses, *self.names, *self.numbers)
            if len(word.strip()) >= SHORTEST
        )

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        found = []
        for words, instead, edge in (
            (self.addresses, self.address, r"[\w.+-]"),
            (self.names, self.name, r"\w"),
        ):
            whole = _either(words)
            if whole:
                pattern = rf"(?<!{edge})(?:{whole})(?!\w)"
                found.append((re.compile(pattern, re.IGNORECASE), _plainly(instead)))
        parts = _either(self.parts)
        if parts:
            found.append((re.compile(rf"(?<!\w)(?:{parts})(?!\w)"), _plainly(self.name)))
        digits = "|".join(filter(None, map(_spread, self.numbers)))
        if digits:
            found.append((re.compile(rf"(?<!\d)(?:{digits})(?!\d)"), _plainly(self.number)))
        return tuple(found)


def _either(words: Iterable[str]) -> str:
    long_enough = {word.strip() for word in words if len(word.strip()) >= SHORTEST}
    return "|".join(re.escape(word) for word in sorted(long_enough, key=len, reverse=True))


def _spread(number: str) -> str:
    """A number however it is spaced, with or without the country in front."""
    digits = re.sub(r"\D", "", number)
    if len(digits) < _FEWEST_DIGITS:
        return ""
    kept = digits[-9:] if number.strip().startswith(("+", "00")) else digits
    front = rf"\+?(?:\d{_BETWEEN}){{0,4}}" if kept != digits else ""
    return front + _BETWEEN.join(kept)


def _plainly(instead: str) -> str:
    return instead.replace("\\", "\\\\")


def rewrite(
    connection: Any,
    blank: Blank,
    table: str,
    columns: Sequence[str],
    where: str,
    params: Sequence[Any],
    *,
    jsons: Sequence[str] = (),
) -> list[int]:
    """Take them out of these columns (texts, arrays of texts, and ``jsons``) of the rows that fit.

    The names of table, columns and conditions are the caller's own, never given from outside.
    Returns the ids of the rows that changed.
    """
    every = [*columns, *jsons]
    listed = ", ".join(f'"{name}"' for name in every)
    with connection.cursor() as cursor:
        cursor.execute(f"select id, {listed} from {table} where {where} for update", params)
        changed = []
        for id, *values in cursor.fetchall():
            read = [
                json.loads(value) if name in jsons and isinstance(value, str) else value
                for name, value in zip(every, values, strict=True)
            ]
            after = [blank.of(value) for value in read]
            if after != read:
                written = [
                    json.dumps(value) if name in jsons else value
                    for name, value in zip(every, after, strict=True)
                ]
                changed.append((*written, id))
        if changed:
            sets = ", ".join(
                f'"{name}" = %s::jsonb' if name in jsons else f'"{name}" = %s' for name in every
            )
            cursor.executemany(f"update {table} set {sets} where id = %s", changed)
    return [int(row[-1]) for row in changed]
