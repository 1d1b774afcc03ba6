"""The pages of on-call and P1, as people use them."""

import re
from datetime import timedelta
from typing import Any

import pytest

from heliodesk.incidents import jobs as incidents
from heliodesk.oncall import actions
from heliodesk.oncall.actions import paging
from heliodesk.oncall.models import P1, ContactMethod, Handover, MajorIncident, Page, Swap
from heliodesk.oncall.queries import database_time
from heliodesk.oncall.rules.words import How
from tests import make
from tests.oncall import world

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def at() -> Any:
    return database_time()


@pytest.fixture
def desk(at: Any) -> world.Desk:
    return world.desk(at)


def holder() -> Any:
    from heliodesk.identity.models import User
    from heliodesk.oncall import queries

    found = queries.holder(database_time())
    assert found
    return User.objects.get(pk=found.person_id)


def test_the_board_shows_who_holds_p1_the_week_and_its_cover(desk: Any, browser: Any) -> None:
    text = browser(user=desk.manager).get("/on-call/").content.decode()
    assert "holds P1" in text and holder().name in text
    assert "style=" not in text.partition("<main")[2]
    year, week, _day = (database_time() + timedelta(days=14)).isocalendar()
    later = browser(user=desk.manager).get(f"/on-call/?week={year}-W{week:02d}&zone=mine")
    text = later.content.decode()
    assert "covered 100 %" in text and text.count("<title>") > 20


def test_a_desk_without_rotas_is_told_what_to_do(browser: Any) -> None:
    text = browser(role="lead").get("/on-call/").content.decode()
    assert "Set up regions and rotas first" in text
    assert browser(role="agent").get("/on-call/setup/").status_code == 403


def test_who_is_on_call_for_programs(desk: Any, browser: Any) -> None:
    found = browser().get("/on-call/now.json?at=2026-11-23T10:00:00Z").json()
    assert set(found) == {"at", "holds_p1", "on_call"} or found["holds_p1"] is None
    now = browser().get("/on-call/now.json").json()
    assert [one["person"]["name"] for one in now["on_call"] if one["role"] == "primary"] == [
        holder().name
    ]
    assert "error" in browser().get("/on-call/now.json?at=tomorrow").json()


def test_a_p1_from_page_to_end(desk: Any, browser: Any, at: Any) -> None:
    p1 = world.p1(at, title="No mail <b>at all</b>", contact=None)
    paging.fire_due(at)
    path = f"/p1/{p1.case.ref}/"
    primary = holder()
    agent = browser(user=primary)
    text = agent.get(path).content.decode()
    assert "Nobody has taken it" in text and "Step 1: the primary paged" in text
    assert "&lt;b&gt;at all" in text
    assert agent.post(f"{path}take/").status_code == 302
    text = agent.get(path).content.decode()
    assert f"{primary.name} took it" in text and "Reach the customer" in text
    late = browser(user=desk.second).post(f"{path}take/")
    assert late.status_code == 409 and f"{primary.name} has it already" in late.content.decode()
    agent.post(f"{path}reached/")
    refused = agent.post(f"{path}hand-over/", {"taker": desk.second.pk, "note": " "})
    assert refused.status_code == 409
    agent.post(f"{path}hand-over/", {"taker": desk.second.pk, "note": "Watch the queue."})
    other = browser(user=desk.second)
    assert "Watch the queue." in other.get(path).content.decode()
    assert other.post(f"{path}accept/").status_code == 302
    p1.refresh_from_db()
    assert (p1.owner, p1.state) == (desk.second, "engaged")
    assert not Handover.objects.filter(accepted_at=None).exists()
    assert "One open P1" in agent.get("/p1/").content.decode()
    world.resolve(p1.case, desk.second, database_time())
    assert "P1 ended" in agent.get(path).content.decode()
    assert "No P1 is open" in agent.get("/p1/").content.decode()


def test_the_link_in_a_page_takes_nothing_until_it_is_pressed(
    desk: Any, client: Any, at: Any
) -> None:
    p1 = world.p1(at)
    paging.fire_due(at)
    page = Page.objects.filter(p1=p1).first()
    assert page
    address = f"/page/{page.token}"
    answer = client.get(address)
    assert answer.status_code == 200 and answer["referrer-policy"] == "no-referrer"
    p1.refresh_from_db()
    assert p1.state == "triggered"
    assert "It is yours" in client.post(address, {"answer": "take"}).content.decode()
    p1.refresh_from_db()
    assert p1.state == "acked" and p1.owner_id == page.person_id
    assert "You have it" in client.get(address).content.decode()
    assert client.get("/page/nonsense").status_code == 404


def test_a_late_link_says_who_has_it(desk: Any, client: Any, at: Any) -> None:
    p1 = world.p1(at)
    paging.fire_due(at)
    page = Page.objects.filter(p1=p1).first()
    actions.take(p1.pk, person_id=desk.second.pk, how=How.BUTTON, at=at + MINUTE)
    assert page
    text = client.post(f"/page/{page.token}", {"answer": "take"}).content.decode()
    assert f"{desk.second.name} has it already" in text


def test_a_way_is_added_proven_tried_and_removed(desk: Any, browser: Any) -> None:
    agent = browser()
    agent.post("/on-call/me/ways/", {"kind": "sms", "address": "+44 7700 900123"})
    way = ContactMethod.objects.get(person=agent.person)
    code = re.findall(r"\d{6}", Page.objects.get(method=way).text)[0]
    wrong = agent.post(f"/on-call/me/ways/{way.pk}/verify/", {"code": "1"})
    assert wrong.status_code == 409 and "not the code" in wrong.content.decode()
    agent.post(f"/on-call/me/ways/{way.pk}/verify/", {"code": code})
    assert "Proven" in agent.get("/on-call/me/").content.decode()
    assert agent.post(f"/on-call/me/ways/{way.pk}/try/").status_code == 302
    other = browser()
    assert other.post(f"/on-call/me/ways/{way.pk}/remove/").status_code == 404
    agent.post(f"/on-call/me/ways/{way.pk}/remove/")
    assert not ContactMethod.objects.filter(pk=way.pk).exists()


def test_a_feed_address_is_shown_once(desk: Any, browser: Any) -> None:
    agent = browser()
    text = agent.post("/on-call/me/feeds/", {"scope": "all"}).content.decode()
    address = re.findall(r"/on-call/feed/[\w-]+\.ics", text)[0]
    assert agent.get(address).status_code == 200
    assert address not in agent.get("/on-call/me/").content.decode()


def test_covering_and_swapping_from_the_board(desk: Any, browser: Any, at: Any) -> None:
    lead = browser(user=desk.manager)
    start = (at + timedelta(days=2)).replace(minute=0)
    given = {
        "duty": "secondary", "region": "", "person": desk.manager.pk, "reason": "Fair",
        "start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{start + 60 * MINUTE:%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    assert lead.post("/on-call/cover/", given).status_code == 302
    wrong = lead.post("/on-call/cover/", {**given, "end": "soon"})
    assert wrong.status_code == 409 and "Fair" in wrong.content.decode()
    assert browser().post("/on-call/cover/", given).status_code == 403
    one = holder()
    shift = one.shifts.filter(duty="primary", during__startswith__gt=at).earliest("during")
    browser(user=one).post("/on-call/swaps/", {"shift": shift.pk, "asked": "", "note": "Trip"})
    swap = Swap.objects.get()
    colleague = next(
        p for people in desk.engineers.values() if one in people for p in people if p != one
    )
    assert "Trip" in browser(user=colleague).get("/on-call/").content.decode()
    assert browser(user=colleague).post(f"/on-call/swaps/{swap.pk}/take/").status_code == 302
    swap.refresh_from_db()
    assert swap.state == "taken"


def test_setting_up_says_what_is_wrong_and_keeps_what_was_typed(desk: Any, browser: Any) -> None:
    lead = browser(user=desk.manager)
    assert lead.get("/on-call/setup/").status_code == 200
    bad = lead.post(
        "/on-call/setup/escalation/",
        {"grade": "", "steps": "60 primary", "channel": ["voice"], "repeat_seconds": "300"},
    )
    assert bad.status_code == 409 and "0 seconds" in bad.content.decode()
    assert "60 primary" in bad.content.decode()
    good = lead.post(
        "/on-call/setup/escalation/",
        {"grade": "", "steps": "0 primary\n90 lead", "channel": ["voice"],
         "repeat_seconds": "120", "contact_seconds": "300"},
    )  # fmt: skip
    assert good.status_code == 302
    assert P1.objects.count() == 0 and world.p1(database_time()).policy["repeat_seconds"] == 120
    gap = lead.post(
        "/on-call/setup/region/",
        {"code": "amer", "name": "North America", "zone": "America/New_York", "opens": "08:00",
         "closes": "15:00", "weekday": ["0", "1", "2", "3", "4", "5", "6"], "on_holidays": "1",
         "place": "1"},
    )  # fmt: skip
    assert gap.status_code == 409 and "The gap is meant" in gap.content.decode()


def test_an_incident_is_opened_joined_and_ended(desk: Any, browser: Any, at: Any) -> None:
    first, second = world.p1(at), world.p1(at)
    lead = browser(user=desk.manager)
    lead.post(f"/p1/{first.case.ref}/link/", {"title": "Relays down", "incident": ""})
    incident = MajorIncident.objects.get()
    lead.post(f"/p1/{second.case.ref}/link/", {"incident": incident.pk})
    second.refresh_from_db()
    assert second.follows == first
    assert "Relays down" in lead.get("/p1/").content.decode()
    assert f"/incidents/{incident.pk}/" in lead.get("/p1/").content.decode()
    stranger = browser(role="agent").post(f"/p1/{second.case.ref}/link/", {"title": "Mine"})
    assert stranger.status_code == 409 and "declares an incident" in stranger.content.decode()
    lead.post(
        f"/incidents/{incident.pk}/close/",
        {"text": "By mistake.", "leave": "1", "do": "close", "key": "k"},
    )
    incidents.deliver(at)
    second.refresh_from_db()
    assert second.follows is None


def test_the_report_counts_p1s_by_account_and_month(desk: Any, browser: Any, at: Any) -> None:
    account = make.account(name="=Formula Ltd", package="gold", region="UK")
    p1 = world.p1(at, account=account)
    actions.take(p1.pk, person_id=desk.second.pk, how=How.BUTTON, at=at + MINUTE)
    lead = browser(user=desk.manager)
    assert "=Formula Ltd" in lead.get("/p1/report/").content.decode()
    sheet = lead.get("/p1/report.csv?months=3").content.decode().splitlines()
    assert sheet[1].startswith(f"{at:%Y-%m},'=Formula Ltd,gold,1,60,")
    assert browser(role="agent").get("/p1/report/").status_code == 403


def test_an_offshore_p1_is_hidden_from_others(desk: Any, browser: Any, at: Any) -> None:
    account = make.account(name="Secret Trust", region="OFF", offshore=True)
    p1 = world.p1(at, account=account, offshore=True)
    agent = browser()
    assert agent.get(f"/p1/{p1.case.ref}/").status_code == 404
    assert "Secret Trust" not in agent.get("/p1/").content.decode()
    assert browser(offshore=True).get(f"/p1/{p1.case.ref}/").status_code == 200
