"""Sent mail: seen as it is read, saved as it is sent, tried again, stopped."""

from typing import Any

import pytest

from heliodesk.channels.models import Mailbox, Outbound
from heliodesk.journal.models import Event
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def mail(state: str = "captured", *, box: Mailbox | None = None, **fields: Any) -> Outbound:
    n = Outbound.objects.count() + 1
    case = fields.pop("case", None) or make.case()
    return Outbound.objects.create(
        **{
            "key": f"test:{n}", "mailbox": box, "kind": "reply", "subject_kind": "case",
            "subject_id": case.pk, "automatic": False, "to": ["ann@x.example"],
            "from_address": "support@desk.example", "from_name": "Support", "subject": f"Mail {n}",
            "text": "Hello <b>Ann</b>", "html": "<p>Hello Ann</p><script>x()</script>",
            "message_id": f"<m{n}@desk.example>", "state": state, "created_at": make.NOW,
        }
        | fields
    )  # fmt: skip


def text(page: Any) -> str:
    return str(page.content.decode())


def test_mail_is_listed_by_what_became_of_it(browser: Browser) -> None:
    mail("sent", subject="Gone out"), mail("queued", subject="Waits here")
    mail("failed", subject="Refused there", error="550 no such user")
    agent = browser()
    assert all(w in text(agent.get("/sent/")) for w in ("Gone out", "Waits here", "Refused"))
    waiting = text(agent.get("/sent/waiting/"))
    assert "Waits here" in waiting and "Gone out" not in waiting
    failed = text(agent.get("/sent/failed/"))
    assert "Refused there" in failed and "550 no such user" in failed and "Gone" not in failed


def test_the_list_is_paged(browser: Browser) -> None:
    case = make.case()
    for _ in range(55):
        mail("sent", case=case)
    agent = browser()
    first = text(agent.get("/sent/"))
    assert "Mail 55" in first and ">Mail 5<" not in first
    following = first.split('rel="next" href="')[1].split('"')[0]
    assert ">Mail 5<" in text(agent.get(following))
    assert agent.get("/sent/?after=x").status_code == 404


def test_a_mail_is_shown_as_read_as_text_and_as_sent(browser: Browser) -> None:
    row, agent = mail(), browser()
    page = text(agent.get(f"/sent/{row.pk}/"))
    assert "Hello &lt;b&gt;Ann&lt;/b&gt;" in page and "Sending is off" in page
    html = agent.get(f"/sent/{row.pk}/html/")
    policy = html["Content-Security-Policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy and "script" not in policy
    raw = agent.get(f"/sent/{row.pk}/raw/")
    assert raw["Content-Disposition"].startswith("attachment") and b"Subject: Mail 1" in raw.content


def test_a_failed_mail_is_tried_again_once_sending_is_on(browser: Browser, settings: Any) -> None:
    row, agent = mail("failed", attempts=9, refused=["ann@x.example"], error="no"), browser()
    off = agent.post(f"/sent/{row.pk}/again/")
    assert off.status_code == 409 and "Sending is off" in text(off)
    settings.MAIL_OUTBOUND = "smtp"
    assert agent.post(f"/sent/{row.pk}/again/").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.attempts, row.refused, row.error) == ("queued", 0, [], "")
    assert agent.post(f"/sent/{row.pk}/again/").status_code == 409
    assert Event.objects.get(verb="mail_retried").subject_id == row.subject_id


def test_a_waiting_mail_is_stopped(browser: Browser) -> None:
    row, agent = mail("queued"), browser(name="Lee")
    assert agent.post(f"/sent/{row.pk}/stop/").status_code == 302
    row.refresh_from_db()
    assert row.state == "failed" and row.error == "Stopped by Lee."
    assert agent.post(f"/sent/{row.pk}/stop/").status_code == 409
    assert agent.get(f"/sent/{row.pk}/stop/").status_code == 405


def test_offshore_mail_is_for_the_offshore_team(browser: Browser) -> None:
    row = mail("queued", box=make.mailbox(offshore=True), subject="Secret")
    stranger = browser()
    assert "Secret" not in text(stranger.get("/sent/"))
    for path in ("", "html/", "raw/"):
        assert stranger.get(f"/sent/{row.pk}/{path}").status_code == 404
    assert stranger.post(f"/sent/{row.pk}/stop/").status_code == 404
    assert "Secret" in text(browser(offshore=True).get(f"/sent/{row.pk}/"))
