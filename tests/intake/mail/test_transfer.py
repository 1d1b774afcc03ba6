"""Transfer encodings, forgiving."""

import base64
import binascii

import pytest

from heliodesk.intake.mail import transfer


@pytest.mark.parametrize(
    ("data", "decoded"),
    [
        (b"aGVsbG8=", b"hello"),
        (b"aGVs\r\nbG8=\r\n", b"hello"),
        (b"aGVsbG8", b"hello"),
        (b"aGVs bG8*=", b"hello"),
        (b"aGVsbG8=\naGVsbG8=\n", b"hellohello"),
        (b"aGVsbG8=\n\n-- \nThe list footer.\n", b"hello\n-- \nThe list footer."),
        (b"a", b""),
        (b"", b""),
    ],
)
def test_base64(data: bytes, decoded: bytes) -> None:
    assert transfer.base64(data) == decoded


@pytest.mark.parametrize(
    ("data", "decoded"),
    [
        (b"Gr=C3=BC=C3=9Fe", "Grüße".encode()),
        (b"soft =\r\nbreak", b"soft break"),
        (b"soft =  \r\nbreak", b"soft break"),
        (b"bad =ZZ stays", b"bad =ZZ stays"),
        (b"100%", b"100%"),
    ],
)
def test_quoted_printable(data: bytes, decoded: bytes) -> None:
    assert transfer.quoted_printable(data) == decoded


def test_uuencoded_files_inside_a_text() -> None:
    lines = b"".join(binascii.b2a_uu(b"pump " * 9) for _ in range(3))
    text = b"see file\nbegin 644 log.txt\n" + lines + b"`\nend\nbye\n"
    (found,) = transfer.uu_blocks(text)
    assert (found[2], found[3]) == ("log.txt", b"pump " * 27)
    assert text[found[1] :] == b"bye\n"


def test_begin_in_a_sentence_is_no_file() -> None:
    assert transfer.uu_blocks(b"begin 644 of the book\nis a chapter\nend\n") == []


def test_unknown_encodings_change_nothing() -> None:
    assert transfer.decode(b"as is", "x-magic") == b"as is"
    assert transfer.decode(base64.b64encode(b"x"), " Base64 ") == b"x"
