"""Run an import: row by row through the rules, a thousand rows at a time into the database."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Protocol, TypeVar

from django.db import transaction

from heliodesk.customers.imports.accounts import AccountSheet
from heliodesk.customers.imports.cells import Cells
from heliodesk.customers.imports.contacts import ContactSheet
from heliodesk.customers.imports.partners import PartnerSheet
from heliodesk.customers.imports.report import Filed, Problem, Report, Rules
from heliodesk.customers.sheets import Column, Line, read
from heliodesk.journal.record import By

#: Rows that are looked up and written together.
CHUNK = 1000
_Item = TypeVar("_Item")


class SheetKind(Protocol):
    """How one kind of sheet is understood and filed; made anew for each import."""

    @property
    def columns(self) -> Sequence[Column]:
        """The columns it knows."""

    def understand(self, row: int, cells: Cells) -> Any:
        """What the row wants; ``cells`` collects what is wrong."""

    def file(self, wanted: Sequence[Any], *, by: By, at: datetime) -> Iterator[Filed | Problem]:
        """Write these rows in a fixed number of statements; tell of each, or why not."""


#: The columns of each kind of sheet.
COLUMNS: dict[str, Sequence[Column]] = {
    "accounts": AccountSheet.columns,
    "contacts": ContactSheet.columns,
    "partners": PartnerSheet.columns,
}
KINDS: dict[str, Callable[[Rules], SheetKind]] = {
    "accounts": AccountSheet,
    "contacts": ContactSheet,
    "partners": PartnerSheet,
}


def import_sheet(
    kind: str,
    file: BinaryIO,
    *,
    rules: Rules,
    dry_run: bool = False,
    skip_bad: bool = False,
    tell: Callable[[int], None] = lambda rows: None,
    by: By,
    at: datetime,
) -> Report:
    """Import a sheet: all of it, or nothing when any row is wrong.

    Args:
        kind: one of ``KINDS``.
        dry_run: find out what would happen, and write nothing.
        skip_bad: file the good rows although others are wrong.
        tell: called with the number of rows read so far, after every chunk.

    Raises:
        Unreadable: the file as a whole is no such sheet.
    """
    work = KINDS[kind](rules)
    sheet = read(file, work.columns)
    report = Report(kind, dry_run, sheet.encoding, sheet.delimiter, sheet.notices)
    with transaction.atomic():
        for lines in _chunks(iter(sheet), CHUNK):
            _file(work, lines, report, by=by, at=at)
            tell(report.rows)
        refused = bool(report.problems) and not skip_bad
        report.written = not (dry_run or refused) and bool(report.made or report.changed)
        if not report.written:
            transaction.set_rollback(True)
    report.problems.sort(key=lambda problem: problem.row)
    return report


def _file(work: SheetKind, lines: Sequence[Line], report: Report, *, by: By, at: datetime) -> None:
    """Understand and write one chunk."""
    report.rows += len(lines)
    wanted = []
    for line in lines:
        if line.error:
            report.problems.append(Problem(line.number, "", line.error))
            continue
        cells = Cells(line.cells)
        found = work.understand(line.number, cells)
        report.problems += [Problem(line.number, w.column, w.text) for w in cells.wrong]
        if not cells.wrong:
            wanted.append(found)
    for outcome in work.file(wanted, by=by, at=at) if wanted else ():
        if isinstance(outcome, Problem):
            report.problems.append(outcome)
        else:
            report.add(outcome)


def _chunks(items: Iterator[_Item], size: int) -> Iterator[list[_Item]]:
    while chunk := list(islice(items, size)):
        yield chunk
