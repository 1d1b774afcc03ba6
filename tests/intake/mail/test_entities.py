"""The MIME tree: separators, nesting, and messages that break the rules."""

import pytest

from heliodesk.intake.mail import entities, read
from tests.intake.mail.letters import joined, letter, multipart, page, part, plain


def kinds(raw: bytes) -> list[str]:
    return [leaf.kind for leaf in entities.read(raw).root.leaves()]


def test_preamble_and_epilogue_are_not_shown() -> None:
    body = b"for old programs\r\n" + joined(plain("shown")) + b"after all\r\n"
    raw = letter(body, Content_Type='multipart/mixed; boundary="=_frontier"')
    assert read(raw).text == "shown"


def test_the_last_separator_may_be_missing() -> None:
    raw = multipart("mixed", plain("one"), plain("two")).replace(b"--=_frontier--\r\n", b"")
    mail = read(raw)
    assert mail.text.split() == ["one", "two"]
    assert "unclosed" in mail.defects


@pytest.mark.parametrize("declared", ["multipart/mixed", "multipart/mixed; boundary=other"])
def test_a_missing_or_wrong_boundary_is_guessed(declared: str) -> None:
    raw = letter(joined(plain("one"), page("<p>two")), Content_Type=declared)
    mail = read(raw)
    assert mail.text.split() == ["one", "two"]
    assert "boundary-guessed" in mail.defects


def test_a_multipart_without_parts_is_text() -> None:
    mail = read(letter("only words", Content_Type="multipart/mixed; boundary=x"))
    assert mail.text == "only words"
    assert "no-parts" in mail.defects


def test_a_longer_line_is_no_separator() -> None:
    raw = multipart("mixed", plain("--b2 stays\r\n--bb stays"), boundary="b")
    assert read(raw).text == "--b2 stays\n--bb stays"


def test_nested_multiparts_with_similar_boundaries() -> None:
    inner = part(joined(plain("in"), boundary="b1"), "Content-Type: multipart/mixed; boundary=b1")
    raw = multipart("mixed", inner, plain("out"), boundary="b")
    assert read(raw).text == "in\nout"


def test_parts_keep_their_bytes() -> None:
    content = b"\x00\xff\r\n--not a mark\r\n\r\n"
    raw = multipart("mixed", part(content, "Content-Type: application/x-data"))
    assert read(raw).parts[0].data == content


def test_digest_parts_are_messages() -> None:
    assert kinds(multipart("digest", part("x"))) == ["message/rfc822"]


def test_parts_without_header_are_text() -> None:
    assert read(multipart("mixed", b"\r\nbare")).text == "bare"


def test_depth_is_bounded() -> None:
    raw = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number)
        for number in range(2000)
    )
    mail = read(raw + b"\r\nx")
    assert "too-deep" in mail.defects
    assert len(mail.parts) == 1


def test_the_number_of_parts_is_bounded() -> None:
    raw = multipart("mixed", *[plain("x")] * 5000)
    mail = read(raw)
    assert "too-many-parts" in mail.defects
    assert len(mail.text.split()) < 600


def test_a_whole_multipart_in_base64() -> None:
    import base64

    body = base64.encodebytes(joined(plain("wrapped")))
    kind = 'multipart/mixed; boundary="=_frontier"'
    raw = letter(body, Content_Type=kind, Content_Transfer_Encoding="base64")
    assert read(raw).text == "wrapped"
