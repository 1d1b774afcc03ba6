"""Sheets as people have them: encodings, delimiters, headings, broken rows, formulas."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliodesk.customers.sheets import Column, Unreadable, freed, guarded, read, write

COLUMNS = (
    Column("id", ("account id", "customer no."), required=True),
    Column("name", ("company",), required=True),
    Column("note"),
)


def cells(data: bytes) -> list[tuple[int, str, str]]:
    """Number, id and name of every row."""
    return [(r.number, r.cells["id"], r.cells["name"]) for r in read(io.BytesIO(data), COLUMNS)]


@pytest.mark.parametrize(
    ("codec", "shown"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(codec: str, shown: str, delimiter: str) -> None:
    text = "id,name\r\n1,Müller & Söhne\r\n2,Brass\r\n".replace(",", delimiter)
    data = text.encode(codec)
    assert cells(data) == [(2, "1", "Müller & Söhne"), (3, "2", "Brass")]
    sheet = read(io.BytesIO(data), COLUMNS)
    assert (sheet.encoding, sheet.delimiter) == (shown, delimiter)
    assert bool(sheet.notices) == (codec == "cp1252")


def test_headings_are_known_by_other_words_and_in_any_order() -> None:
    sheet = read(io.BytesIO(b"\nColour; COMPANY ;Customer_No\nred;Brass;7\n"), COLUMNS)
    assert sheet.columns == {"id", "name"}
    assert sheet.notices == ["Columns that were not read: Colour."]
    assert [(row.number, dict(row.cells)) for row in sheet] == [(3, {"name": "Brass", "id": "7"})]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\n\n , \n", "empty"),
        (b"id\n1\n", "no column “name”"),
        (b"id,name,company\n", "Two columns are “name”"),
        (b"PK\x03\x04 whatever", "spreadsheet file"),
        (b"\x00\x00\x00\x00\x00\x00", "not a CSV file"),
        (b"id,name\n1,a\0b\n", "not a CSV file"),
        (b"id,name\n1,\x81\n", "neither"),
        ("id,name".encode("utf-32"), "UTF-32"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_with_a_reason(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(io.BytesIO(data), COLUMNS)


def test_blank_rows_count_and_quoted_cells_hold_anything() -> None:
    data = b'id,name\n\n1,"Brass, ""the"" foundry\nLtd"\n ,\n2,B\n'
    assert cells(data) == [(3, "1", 'Brass, "the" foundry\nLtd'), (5, "2", "B")]


@pytest.mark.parametrize(
    ("row", "why", "after"),
    [
        ("1,2,3,4", "4 cells and the header 3", 1),
        ('"1"x,2', "inside a cell", 1),
        ('1,"2', "never closed", 0),
        ('1,"' + "x" * 30_000 + '"', "never closed", 0),
    ],
)
def test_a_broken_row_is_named_and_never_swallows_others(row: str, why: str, after: int) -> None:
    data = f"id,name,note\n0,A\n{row}\n9,Z\n".encode()
    rows = list(read(io.BytesIO(data), COLUMNS))
    assert [(r.number, r.error) for r in rows[:1]] == [(2, "")]
    assert rows[1].number == 3 and why in rows[1].error
    assert len(rows) == 2 + after


@given(st.text())
def test_guarding_is_undone_exactly_and_leaves_no_formula(cell: str) -> None:
    assert freed(guarded(cell)) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_sheet_comes_back_as_it_was_written() -> None:
    rows = [["1", "=1+1", "+44 20"], ["2", "'=x", 'say "hi", twice'], ["3", "Ö", "a\nb"]]
    out = io.StringIO(newline="")
    assert write(out, ["id", "name", "note"], rows) == 3
    assert ",'=1+1," in out.getvalue()
    back = [list(r.cells.values()) for r in read(io.BytesIO(out.getvalue().encode()), COLUMNS)]
    assert back == rows
