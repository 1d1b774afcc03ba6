"""The lead's pages: the desk now, figures of a period, reports by mail."""

from datetime import timedelta
from typing import Any

import pytest

from heliodesk.cases.rules import Stage, urgency
from heliodesk.channels.models import Outbound
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event
from heliodesk.kernel import clock
from heliodesk.reports import board, counting
from heliodesk.reports.rules import Span
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def text(page: Any) -> str:
    assert page.status_code == 200
    return str(page.content.decode())


@pytest.mark.parametrize(
    "address", ["/reports/", "/reports/figures/", "/reports/figures.csv", "/reports/mail/"]
)
def test_agents_do_not_see_reports(browser: Browser, address: str) -> None:
    assert browser(role=Role.AGENT).get(address).status_code == 403


def test_the_board_tells_who_has_what(browser: Browser) -> None:
    lead = browser(role=Role.LEAD)
    ann = make.user(name="Ann Engineer")
    late = clock.now() - timedelta(minutes=5)
    make.case(title="Late one", owner=ann, state="assigned", due_at=late,
              urgency=urgency(Stage.MISSED, 3), opened_at=late - timedelta(days=5))  # fmt: skip
    make.case(title="Nobody's", state="new", due_at=clock.now() + timedelta(minutes=30))
    make.case(title="Not due", owner=ann, state="pending_customer")
    page = text(lead.get("/reports/"))
    assert "Late one" in page and "Nobody&#39;s" in page and "Not due" not in page
    assert "Ann Engineer" in page and "2 open cases" in page and "1 more within the hour" in page
    again = text(lead.get("/reports/", headers={"HX-Request": "true"}))
    assert "Late one" in again and "<html" not in again


def test_the_board_keeps_the_data_boundary(browser: Browser) -> None:
    due = clock.now()
    make.case(title="Offshore matter", offshore=True, due_at=due)
    assert "Offshore matter" not in text(browser(role=Role.LEAD).get("/reports/"))
    assert "Offshore matter" in text(browser(role=Role.LEAD, offshore=True).get("/reports/"))


def test_the_board_tells_how_teams_and_mailboxes_do(browser: Browser) -> None:
    lead, at = browser(role=Role.LEAD), clock.now()
    who = Person(1, "Lead", "lead@desk.example", Role.LEAD, "UTC")
    make.user(queues=("emea",))
    team = board.teams(who, at)[0]
    make.case(queue="emea", due_at=at - timedelta(hours=1))
    make.case(queue="elsewhere")
    box, far = make.mailbox(imap_host="imap.desk.example"), make.mailbox(offshore=True)
    sent: dict[str, Any] = {
        "kind": "reply", "subject_kind": "case", "subject_id": 1, "automatic": False,
        "to": ["x@else.example"], "from_address": box.address, "subject": "Hi", "text": "Hello",
    }  # fmt: skip
    for n, state in enumerate(("sent", "queued", "failed")):
        Outbound.objects.create(
            key=f"k{n}", mailbox=box, state=state, created_at=at, message_id=f"<{n}@x>",
            sent_at=at if state == "sent" else None, **sent,
        )  # fmt: skip
    (flow,) = board.mailboxes(who, at)
    assert (flow.address, flow.sent, flow.waiting, flow.failed) == (box.address, at, 1, 1)
    assert flow.fetches and flow.fetched is None and flow.received is None
    (now,) = [t for t in board.teams(who, at) if t.id == team.id]
    assert (now.people, now.open, now.unowned, now.late, now.each) == (1, 1, 1, 1, 1.0)
    page = text(lead.get("/reports/"))
    assert team.name in page and box.address in page and far.address not in page


def test_an_empty_desk_has_an_empty_board(browser: Browser) -> None:
    page = text(browser(role=Role.LEAD).get("/reports/"))
    assert "Every promise is in good time" in page and "No case is open" in page


def _count_some() -> None:
    now = clock.now()
    for region in ("EMEA", "EMEA", "APAC"):
        case = make.case(make.account(region=region), opened_at=now)
        Event.objects.create(
            at=now, by_kind="system", verb="opened", subject_kind="case", subject_id=case.pk
        )
    counting.count(Span(now.date(), now.date() + timedelta(days=1)))


def test_figures_have_charts_and_the_tables_behind(browser: Browser) -> None:
    _count_some()
    lead = browser(role=Role.LEAD)
    page = text(lead.get("/reports/figures/"))
    assert page.count('role="img"') == 3 and page.count("The figures as a table") >= 3
    assert "EMEA" in page and "APAC" in page
    for days in ("7", "84", "364"):
        for group in ("package", "queue", "priority"):
            assert "gold" in text(lead.get(f"/reports/figures/?days={days}&by={group}"))
    only = text(lead.get("/reports/figures/?region=APAC"))
    assert "<b>APAC</b>" not in only and ">EMEA</th>" not in only and "New cases a day" in only


@pytest.mark.parametrize(
    "query", ["days=5", "by=owner", "from=x", "from=2026-02-01&to=2026-01-01", "from=1900-01-01"]
)
def test_what_is_no_period_or_group_is_not_found(browser: Browser, query: str) -> None:
    assert browser(role=Role.LEAD).get(f"/reports/figures/?{query}").status_code == 404


def test_before_the_first_count_the_page_says_so(browser: Browser) -> None:
    assert "No figures yet" in text(browser(role=Role.LEAD).get("/reports/figures/"))


def test_figures_are_a_sheet_too(browser: Browser) -> None:
    _count_some()
    answer = browser(role=Role.LEAD).get("/reports/figures.csv?region=EMEA")
    lines = text(answer).splitlines()
    assert lines[0].startswith("day,region,package,queue,priority,opened,ended")
    assert [line.split(",")[1:6] for line in lines[1:]] == [["EMEA", "gold", "emea", "P3", "2"]]
    assert "attachment" in answer["Content-Disposition"]


def test_a_report_by_mail_is_begun_and_ended(browser: Browser) -> None:
    lead = browser(role=Role.LEAD)
    assert "No report yet" in text(lead.get("/reports/mail/"))
    done = lead.post("/reports/mail/", {"every": "week", "hour": "7"}, follow=True)
    assert "from now on" in text(done) and "Every Monday, 07:00" in text(done)
    refused = lead.post("/reports/mail/", {"every": "week", "hour": "99"})
    assert refused.status_code == 409 and "hour from 0 to 23" in refused.content.decode()
    row = lead.person.reports.get()  # type: ignore[attr-defined]  # ours, on the client
    assert "No report yet" in text(lead.post(f"/reports/mail/{row.pk}/end/", follow=True))
