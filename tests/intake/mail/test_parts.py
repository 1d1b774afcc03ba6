"""Which parts are the body, which are files, how files are named and labelled."""

import binascii

import pytest

from heliodesk.intake.mail import parse, read
from tests.intake.mail.letters import (
    encoded,
    joined,
    letter,
    multipart,
    page,
    part,
    plain,
    winmail,
)

PNG = b"\x89PNG\r\n\x1a\nno picture"


def names(raw: bytes) -> list[str]:
    return [item.name for item in read(raw).parts]


def test_of_two_alternatives_both_are_kept() -> None:
    mail = read(multipart("alternative", plain("words"), page("<b>words</b>")))
    assert (mail.text, mail.html, mail.parts) == ("words", "<b>words</b>", ())


def test_html_alone_gives_a_text() -> None:
    mail = read(letter("<p>one</p><p>two</p>", Content_Type="text/html"))
    assert mail.text == "one\n\ntwo"


def test_a_blank_text_alternative_does_not_hide_the_html() -> None:
    assert read(multipart("alternative", plain(" \r\n"), page("<p>words"))).text == "words"


def test_text_after_an_attachment_is_part_of_the_body() -> None:
    picture = encoded(PNG, "image/png", 'Content-Disposition: inline; filename="a.png"')
    mail = read(multipart("mixed", plain("before"), picture, plain("after")))
    assert mail.text == "before\nafter"
    assert [item.name for item in mail.parts] == ["a.png"]


def test_plain_beside_html_is_not_lost_from_the_html() -> None:
    mail = read(multipart("mixed", page("<p>rich</p>"), plain("1 < 2")))
    assert mail.html is not None
    assert "rich" in mail.html
    assert "1 &lt; 2" in mail.html


def test_cid_images_are_inline() -> None:
    picture = encoded(PNG, "image/png", "Content-ID: <pic@x>")
    (found,) = read(multipart("related", page('<img src="cid:pic@x">'), picture)).parts
    assert (found.inline, found.content_id, found.name) == (True, "pic@x", "image-1.png")


def test_an_attached_picture_with_cid_is_no_inline_one() -> None:
    picture = encoded(PNG, "image/png", "Content-ID: <p@x>", "Content-Disposition: attachment")
    assert read(multipart("mixed", plain("x"), picture)).parts[0].inline is False


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("image/jpeg", "image-1.jpg"),
        ("application/pdf", "file-1.pdf"),
        ("application/octet-stream", "file-1.bin"),
        ("application/vnd.ms-excel", "file-1.xls"),
        ("text/csv", "text-1.csv"),
        ("text/calendar", "invite-1.ics"),
        ("application/pgp-signature", "signature-1.asc"),
        ("message/rfc822", "message-1.eml"),
        ("audio/x-strange+thing", "audio-1.bin"),
    ],
)
def test_nameless_parts_are_named_by_type(kind: str, name: str) -> None:
    assert names(multipart("mixed", plain("x"), part("y", f"Content-Type: {kind}"))) == [name]


def test_the_calendar_alternative_is_dropped_and_the_named_file_kept() -> None:
    invite = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    choices = part(
        joined(plain("Meet?"), part(invite, "Content-Type: text/calendar"), boundary="c"),
        "Content-Type: multipart/alternative; boundary=c",
    )
    named = part(invite, 'Content-Type: application/ics; name="invite.ics"')
    mail = read(multipart("mixed", choices, named))
    assert (mail.text, [item.name for item in mail.parts]) == ("Meet?", ["invite.ics"])


def test_an_enclosed_message_is_one_file_with_its_own_bytes() -> None:
    enclosed = multipart("mixed", plain("inner"), encoded(PNG, "image/png"), boundary="inner")
    mail = read(multipart("mixed", plain("see"), part(enclosed, "Content-Type: message/rfc822")))
    assert mail.text == "see"
    (found,) = mail.parts
    assert (found.name, found.data) == ("The pump.eml", enclosed)


def test_named_text_is_a_file_unless_it_comes_first() -> None:
    log = part("log", 'Content-Type: text/plain; name="a.log"')
    assert names(multipart("mixed", plain("x"), log)) == ["a.log"]
    assert read(multipart("mixed", log)).text == "log"


def test_winmail_dat_is_opened_and_kept() -> None:
    packed = encoded(winmail("plan.txt", b"the plan"), "application/ms-tnef; name=winmail.dat")
    mail = read(multipart("mixed", plain("x"), packed))
    assert [item.name for item in mail.parts] == ["plan.txt", "winmail.dat"]
    assert mail.parts[0].data == b"the plan"


@pytest.mark.parametrize("cut", [3, 10, 40, 70])
def test_a_broken_winmail_dat_is_only_kept(cut: int) -> None:
    packed = encoded(
        winmail("plan.txt", b"the plan")[:cut], "application/ms-tnef; name=winmail.dat"
    )
    assert names(multipart("mixed", packed))[-1] == "winmail.dat"


def test_uuencoded_files_become_attachments() -> None:
    body = b"see\nbegin 644 a.txt\n" + binascii.b2a_uu(b"content") + b"`\nend\n"
    (found,) = read(letter(body)).parts
    assert (found.name, found.data) == ("a.txt", b"content")


@pytest.mark.parametrize(
    ("raw", "signed", "encrypted"),
    [
        (multipart("signed; protocol=application/pgp-signature", plain("x")), "pgp", None),
        (multipart("signed; protocol=application/pkcs7-signature", plain("x")), "smime", None),
        (multipart("encrypted; protocol=application/pgp-encrypted", plain("x")), None, "pgp"),
        (
            letter(b"0", Content_Type="application/pkcs7-mime; smime-type=enveloped-data"),
            None,
            "smime",
        ),
        (
            letter(b"0", Content_Type="application/pkcs7-mime; smime-type=signed-data"),
            "smime",
            None,
        ),
        (letter("-----BEGIN PGP SIGNED MESSAGE-----\r\n"), "pgp", None),
        (letter("-----BEGIN PGP MESSAGE-----\r\n"), None, "pgp"),
        (letter("plain words"), None, None),
    ],
)
def test_signed_and_encrypted_are_labelled(
    raw: bytes, signed: str | None, encrypted: str | None
) -> None:
    mail = read(raw)
    assert (mail.signed, mail.encrypted) == (signed, encrypted)


def test_flowed_paragraphs_are_joined() -> None:
    raw = letter("one \r\ntwo\r\n-- \r\nAnn\r\n", Content_Type="text/plain; format=flowed")
    assert read(raw).text == "one two\n-- \nAnn\n"


def test_delsp_takes_the_space_away() -> None:
    kind = "text/plain; format=flowed; delsp=yes"
    assert read(letter("ポン \r\nプ\r\n", Content_Type=kind)).text == "ポンプ\n"


def test_an_html_page_labelled_plain_is_read_as_html() -> None:
    raw = letter("<html><body><p>one</p></body></html>", Content_Type="text/plain")
    assert read(raw).text == "one"


def test_the_json_view_has_sizes_and_digests() -> None:
    found = parse(multipart("mixed", plain("x"), encoded(b"abc", "application/pdf")))
    (item,) = found["attachments"]  # type: ignore[misc, attr-defined]  # a list of one
    assert item["size"] == 3
    assert item["sha256"].startswith("ba7816bf")
