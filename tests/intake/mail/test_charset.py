"""Bytes to text under declared, misspelt, wrong and missing charsets."""

import pytest

from heliodesk.intake.mail import charset, read
from tests.intake.mail.letters import letter


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("UTF8", "utf-8"), ("us-ascii", "utf-8"), ("iso-8859-1", "cp1252"), ("latin1", "cp1252"),
        ("ISO_8859-15", "iso8859-15"), ("windows-1251", "cp1251"), ("cp-850", "cp850"),
        ("gb2312", "gb18030"), ("iso-gb2312", "gb18030"), ("x-sjis", "cp932"),
        ("ks_c_5601-1987", "cp949"), ("unicode-1-1-utf-7", "utf-7"), ("x-mac-roman", "mac-roman"),
        ("iso-8859-8-i", "iso8859-8"), ("'utf-8'", "utf-8"), ("utf-8;format=flowed", "utf-8"),
        ("x-unknown", None), ("hex", None), ("rot13", None), ("idna", None), ("", None),
        ("no-such-charset", None),
    ],
)  # fmt: skip
def test_codec(label: str, codec: str | None) -> None:
    assert charset.codec(label) == codec


@pytest.mark.parametrize(
    ("declared", "written", "text"),
    [
        ("utf-8", "utf-8", "Grüße aus Köln"),
        ("iso-8859-1", "cp1252", "“quotes” cost 5 €"),
        ("us-ascii", "utf-8", "Grüße"),
        ("us-ascii", "latin-1", "Grüße"),
        ("utf-8", "cp1252", "Grüße aus Köln"),
        ("x-unknown", "utf-8", "привет"),
        ("iso-2022-jp", "iso2022_jp", "ポンプが動きません"),
        ("shift_jis", "cp932", "①ポンプ"),
        ("gb2312", "gb18030", "水泵不启动"),
        ("big5", "big5hkscs", "水泵無法啟動"),
        ("euc-kr", "cp949", "펌프가 작동하지 않습니다"),
        ("utf-7", "utf-7", "Grüße"),
        ("utf-16", "utf-16", "Grüße"),
    ],
)
def test_body_charsets(declared: str, written: str, text: str) -> None:
    raw = letter(text.encode(written), Content_Type=f"text/plain; charset={declared}")
    assert read(raw).text == text


def test_undeclared_cyrillic_is_guessed() -> None:
    text = "Уважаемые коллеги, насос номер четыре сегодня утром не запускается. Прошу помочь. " * 3
    assert "насос" in read(letter(text.encode("cp1251"))).text


def test_one_bad_byte_does_not_spoil_a_utf8_text() -> None:
    data = "Grüße aus Köln, schöne Tür und größere Öfen für Übermut".encode() + b"\xff"
    assert read(letter(data)).text.startswith("Grüße aus Köln")


def test_html_names_its_own_charset() -> None:
    page = '<html><head><meta charset="windows-1251"></head><body>насос</body></html>'
    assert read(letter(page.encode("cp1251"), Content_Type="text/html")).text == "насос"


def test_nul_and_controls_go() -> None:
    assert read(letter(b"a\x00b\x07c\td\r\n")).text == "abc\td\n"


def test_half_a_character_in_utf7_is_replaced() -> None:
    text = read(letter(b"a+2AA-b", Content_Type="text/plain; charset=utf-7")).text
    assert text.encode()
    assert text[0] + text[-1] == "ab"
