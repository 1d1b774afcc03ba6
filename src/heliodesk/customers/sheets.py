"""Read and write CSV sheets as people have them: any usual encoding, delimiter and header words.

Rows come one by one; a sheet of any length needs little memory. Cells that a spreadsheet would
take for a formula are guarded on the way out and freed on the way in.
"""

import codecs
import contextlib
import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, BinaryIO

#: Longest cell, in characters.
MOST_CELL = 20_000
_DELIMITERS = ",;\t|"
_BLOCK = 1 << 20
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_WORD = re.compile(r"[^a-z0-9]+")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "", ""),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


class Unreadable(Exception):
    """The file as a whole cannot be read; the text says why and what to do."""


@dataclass(frozen=True)
class Column:
    """One column of a kind of sheet."""

    name: str
    #: Other words for it in a header row.
    aliases: tuple[str, ...] = ()
    required: bool = False


@dataclass
class Sheet:
    """A sheet being read: how it was understood, and its rows."""

    encoding: str
    delimiter: str
    #: Names of the known columns that are there.
    columns: frozenset[str]
    notices: list[str] = field(default_factory=list)
    _rows: Iterator["Line"] = field(default_factory=lambda: iter(()))

    def __iter__(self) -> Iterator["Line"]:
        return self._rows


@dataclass(frozen=True)
class Line:
    """One row: its number as a spreadsheet shows it, and its cells by column name."""

    number: int
    cells: Mapping[str, str]
    #: Why this row cannot be read; then the cells are empty.
    error: str = ""


def read(file: BinaryIO, columns: Sequence[Column]) -> Sheet:
    """Open a sheet: find encoding, delimiter and columns; rows are read as they are asked for.

    Raises:
        Unreadable: it is no text, is empty, or lacks a required column.
    """
    encoding, shown, notices = _encoding(file)
    file.seek(0)
    text = _Text(file, encoding=encoding, newline="")
    first = text.readline(MOST_CELL * 4)
    while first and not first.strip(" \t\r\n,;|"):
        first = text.readline(MOST_CELL * 4)
    if not first:
        raise Unreadable("The file is empty.")
    delimiter = _delimiter(first)
    text.seek(0)
    rows = csv.reader(text, delimiter=delimiter, strict=True)
    header_at, header = _header(rows)
    places, unknown = _places(header, columns)
    if unknown:
        notices.append(f"Columns that were not read: {', '.join(unknown)}.")
    sheet = Sheet(shown, delimiter, frozenset(places), notices)
    sheet._rows = _lines(rows, header_at, len(header), places)
    return sheet


class _Text(io.TextIOWrapper):
    """Text over a file that is the caller's, and so stays open."""

    def close(self) -> None:
        with contextlib.suppress(ValueError):
            self.detach()


def _encoding(file: BinaryIO) -> tuple[str, str, list[str]]:
    """The codec of a file, its name for people, and what they should know about it."""
    file.seek(0)
    start = file.read(4096)
    for mark, codec, shown in _BOMS:
        if start.startswith(mark) and (codec or start[2:4] == b"\0\0"):
            if not codec:
                raise Unreadable("The file is UTF-32; save it as CSV UTF-8.")
            return codec, shown, []
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("This is a spreadsheet file and not CSV; save the sheet as CSV UTF-8.")
    if b"\0" in start:
        even, odd = start[0::2].count(0), start[1::2].count(0)
        if max(even, odd) * 4 < len(start) or min(even, odd) * 10 > max(even, odd):
            raise Unreadable("This is not a CSV file; save the sheet as CSV UTF-8.")
        return ("utf-16-le" if odd > even else "utf-16-be"), "UTF-16", []
    if _decodes(file, "utf-8"):
        return "utf-8", "UTF-8", []
    if _decodes(file, "cp1252"):
        return "cp1252", "Windows-1252", ["The file is not UTF-8; it was read as Windows-1252."]
    raise Unreadable("The file is neither UTF-8, UTF-16 nor Windows-1252; save it as CSV UTF-8.")


def _decodes(file: BinaryIO, codec: str) -> bool:
    """Whether all bytes are text in this encoding."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(line: str) -> str:
    """The delimiter of a header line: the most frequent candidate outside quotes."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(_DELIMITERS, key=bare.count)


def _header(rows: Iterator[list[str]]) -> tuple[int, list[str]]:
    """The number of the first row with words, and these words."""
    try:
        for number, row in enumerate(rows, 1):
            if any(cell.strip() for cell in row):
                return number, row
    except (csv.Error, UnicodeError) as error:
        raise Unreadable(f"The header row cannot be read ({error}).") from error
    raise Unreadable("The file is empty.")


def _places(header: list[str], columns: Sequence[Column]) -> tuple[dict[str, int], list[str]]:
    """Column name -> place, and the headings that name no column."""
    names = {
        _folded(word): column.name for column in columns for word in (column.name, *column.aliases)
    }
    places: dict[str, int] = {}
    unknown = []
    for place, heading in enumerate(header):
        name = names.get(_folded(heading))
        if name in places:
            raise Unreadable(f"Two columns are “{name}”.")
        if name:
            places[name] = place
        elif heading.strip():
            unknown.append(heading.strip())
    missing = [column.name for column in columns if column.required and column.name not in places]
    if missing:
        raise Unreadable(
            f"There is no column “{missing[0]}”. The first row must name the columns: "
            f"{', '.join(column.name for column in columns)}."
        )
    return places, unknown


def _folded(heading: str) -> str:
    """A heading without case, spaces and marks."""
    return _WORD.sub("", heading.strip().lower())


def _lines(
    rows: Iterator[list[str]], header_at: int, width: int, places: Mapping[str, int]
) -> Iterator[Line]:
    """Every row after the header that has any words, numbered as a spreadsheet numbers it."""
    csv.field_size_limit(MOST_CELL)
    for number in itertools.count(header_at + 1):
        try:
            row = next(rows)
        except StopIteration:
            return
        except (csv.Error, UnicodeError) as error:
            wrong, last = _broken(error)
            yield Line(number, {}, wrong)
            if last:
                return
            continue
        if any(cell.strip() for cell in row):
            yield _line(number, row, width, places)


def _line(number: int, row: list[str], width: int, places: Mapping[str, int]) -> Line:
    """One row as cells by column."""
    if any(cell.strip() for cell in row[width:]):
        wrong = f"The row has {len(row)} cells and the header {width}; quote cells with commas."
        return Line(number, {}, wrong)
    if any("\0" in cell for cell in row):
        return Line(number, {}, "The row holds a NUL character.")
    cells = {
        name: freed(row[place].strip()) if place < len(row) else ""
        for name, place in places.items()
    }
    return Line(number, cells)


def _broken(error: Exception) -> tuple[str, bool]:
    """Why a row cannot be read, and whether nothing after it can be."""
    if isinstance(error, UnicodeError):
        return "From here on the file is not text in its own encoding.", True
    if "larger than" in str(error) or "unexpected end" in str(error):
        return "A quotation mark is opened here and never closed.", True
    return "A quotation mark is inside a cell; write it twice, or quote the whole cell.", False


def write(file: IO[str], header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a sheet that ``read`` takes back unchanged; returns how many rows it has."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow([guarded("" if cell is None else str(cell)) for cell in row])
        count += 1
    return count


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def freed(cell: str) -> str:
    """The cell as it was before it was guarded."""
    return cell[1:] if _GUARDED.match(cell) else cell
