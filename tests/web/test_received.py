"""Received mail: all of it, with what became of it and why; behind the offshore wall too."""

import pytest

from heliodesk.channels.models import Inbound
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def came(subject: str, *, state: str, sender: str = "ann@x.example", **fields: object) -> Inbound:
    raw = f"From: {sender}\r\nSubject: {subject}\r\n\r\nHello".encode()
    return Inbound.objects.create(
        channel="smtp", envelope_from=sender, recipients=["support@desk.example"], raw=raw,
        size=len(raw), received_at=make.NOW, state=state, **fields,
    )  # fmt: skip


def test_everything_is_listed_with_what_became_of_it(browser: Browser) -> None:
    case = make.case()
    came("Became a case", state="filed", result_kind="case", result_id=case.pk)
    came("=?utf-8?q?Gr=C3=BC=C3=9Fe?= twice", state="duplicate", error="duplicate")
    came("<b>Away</b>", state="dropped", error="automatic_reply", sender="robot@y.example")
    agent = browser()
    page = agent.get("/received/").content.decode()
    assert "Became a case" in page and f"/cases/{case.ref}/" in page
    assert "Grüße twice" in page and "The same message was here already." in page
    assert "&lt;b&gt;Away&lt;/b&gt;" in page and "An automatic reply" in page
    unfiled = agent.get("/received/?view=unfiled").content.decode()
    assert "Grüße twice" in unfiled and "Became a case" not in unfiled
    found = agent.get("/received/?q=ROBOT@y").content.decode()
    assert "Away" in found and "Became a case" not in found
    assert agent.get("/received/?view=other").status_code == 404
    assert "Nothing found" in agent.get("/received/?q=nowhere").content.decode()


def test_pages_go_on_to_the_oldest(browser: Browser) -> None:
    for n in range(53):
        came(f"Mail {n:03d}", state="dropped", error="own_mail")
    agent = browser()
    page = agent.get("/received/?view=unfiled&q=ann").content.decode()
    assert "Mail 052" in page and "Mail 002" not in page
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Mail 002" in agent.get(older).content.decode()


def test_the_mail_is_saved_as_it_arrived(browser: Browser) -> None:
    mail = came("Saved", state="dropped", error="bounce")
    answer = browser().get(f"/received/{mail.pk}/raw/")
    assert answer.content == bytes(mail.raw)
    assert answer["Content-Type"] == "application/octet-stream"
    assert browser().get("/received/999999/raw/").status_code == 404


def test_offshore_mail_is_behind_the_wall(browser: Browser) -> None:
    box = make.mailbox(address="jersey@desk.example", offshore=True)
    walled = came("Trust deed", state="dropped", error="bounce", mailbox=box)
    agent = browser()
    assert "Trust deed" not in agent.get("/received/").content.decode()
    assert agent.get(f"/received/{walled.pk}/raw/").status_code == 404
