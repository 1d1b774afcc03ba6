"""What an import is told, and what it tells."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from heliodesk.customers.rules import DEFAULT_DESIGNATED_MAX, DEFAULT_ID_PATTERN


@dataclass(frozen=True)
class Rules:
    """What the policy in force says about customer records."""

    id_pattern: str = DEFAULT_ID_PATTERN
    designated_max: int = DEFAULT_DESIGNATED_MAX
    #: Codes of the regions; empty takes any.
    regions: frozenset[str] = frozenset()
    #: Whether the one who imports may touch offshore accounts (C16).
    offshore: bool = True


@dataclass(frozen=True)
class Problem:
    """Why one row cannot be filed."""

    row: int
    column: str
    text: str


@dataclass(frozen=True)
class Filed:
    """What one row did, or in a dry run would do."""

    row: int
    #: The ID or address that the row is about.
    key: str
    #: ``made``, ``changed`` or ``unchanged``.
    verb: str
    #: Column -> value before and after.
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass
class Report:
    """The outcome of an import."""

    kind: str
    dry_run: bool
    encoding: str
    delimiter: str
    notices: list[str]
    rows: int = 0
    made: int = 0
    changed: int = 0
    unchanged: int = 0
    #: Whether anything was written.
    written: bool = False
    problems: list[Problem] = field(default_factory=list)
    #: Rows that made or changed something, in the order of the sheet.
    filed: list[Filed] = field(default_factory=list)

    @property
    def bad_rows(self) -> int:
        """How many rows have problems."""
        return len({problem.row for problem in self.problems})

    def add(self, filed: Filed) -> None:
        """Count a row."""
        setattr(self, filed.verb, getattr(self, filed.verb) + 1)
        if filed.verb != "unchanged":
            self.filed.append(filed)

    def as_dict(self) -> dict[str, Any]:
        """The report for programs."""
        return {**asdict(self), "bad_rows": self.bad_rows}
