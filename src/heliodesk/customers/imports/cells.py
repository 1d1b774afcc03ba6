"""Read the cells of a row; a cell that makes no sense is named with its column."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from heliodesk.customers.rules import Refused
from heliodesk.kernel.text import one_line, storable

Value = TypeVar("Value")
_YES = {"yes", "y", "true", "1", "x"}
_NO = {"no", "n", "false", "0"}
_BETWEEN = re.compile(r"[\s,;]+")
#: Written in a cell, it clears what is there; an empty cell leaves it.
CLEAR = "-"


class Wrong(Exception):
    """A cell cannot be taken."""

    def __init__(self, column: str, text: str) -> None:
        super().__init__(text)
        self.column, self.text = column, text


class Cells:
    """The cells of one row, which collects what is wrong instead of stopping at the first."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells
        self.wrong: list[Wrong] = []

    def text(self, column: str, limit: int) -> str | None:
        """A line of text; none for an empty cell, empty for one that clears."""
        cell = self._cells.get(column, "")
        if not cell:
            return None
        line = one_line(storable("" if cell == CLEAR else cell), limit + 1)
        if len(line) > limit:
            self._refuse(column, f"This is longer than {limit} characters.")
        return line

    def paragraph(self, column: str) -> str | None:
        """Text that may have several lines."""
        cell = self._cells.get(column, "")
        return None if not cell else storable("" if cell == CLEAR else cell)

    def yes(self, column: str) -> bool | None:
        """Yes or no; none for an empty cell."""
        cell = self._cells.get(column, "").lower()
        if cell and cell not in _YES | _NO:
            self._refuse(column, f"“{cell}” is neither yes nor no.")
        return None if not cell else cell in _YES

    def one_of(self, column: str, words: Iterable[str]) -> str | None:
        """One of these words, whatever its case."""
        cell = self._cells.get(column, "")
        if not cell:
            return None
        known = {word.lower(): word for word in words}
        if cell.lower() not in known:
            self._refuse(column, f"“{cell}” is none of {', '.join(sorted(known.values()))}.")
        return known.get(cell.lower())

    def day(self, column: str) -> date | None:
        """A day, written 2026-11-23."""
        cell = self._cells.get(column, "")
        if not cell:
            return None
        try:
            return date.fromisoformat(cell)
        except ValueError:
            self._refuse(column, f"“{cell}” is not a day; write it like 2026-11-23.")
            return None

    def checked(self, column: str, check: Callable[[str], Value]) -> Value | None:
        """A cell through a rule of the room; none for an empty cell."""
        cell = self._cells.get(column, "")
        return self._through(column, check, cell) if cell else None

    def several(self, column: str, check: Callable[[str], str]) -> tuple[str, ...] | None:
        """Words between spaces, commas or semicolons, each through a rule."""
        cell = self._cells.get(column, "")
        if not cell:
            return None
        words = [] if cell == CLEAR else [word for word in _BETWEEN.split(cell) if word]
        found = [self._through(column, check, word) for word in words]
        return tuple(dict.fromkeys(word for word in found if word))

    def needed(self, column: str, value: Value | None) -> None:
        """Refuse the row when this has no value, unless the cell was refused already."""
        if not value and not any(wrong.column == column for wrong in self.wrong):
            self._refuse(column, "This must not be empty.")

    def _through(self, column: str, check: Callable[[str], Value], text: str) -> Value | None:
        try:
            return check(text)
        except Refused as refusal:
            self._refuse(column, str(refusal))
            return None

    def _refuse(self, column: str, text: str) -> None:
        self.wrong.append(Wrong(column, text))
