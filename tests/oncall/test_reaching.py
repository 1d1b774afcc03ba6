"""Ways proven by a code, feeds, incidents, calls without a case, the dead man's switch."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from icalendar import Calendar

from heliodesk.channels.models import Outbound
from heliodesk.journal.record import SYSTEM, Happening, record
from heliodesk.oncall import actions, jobs, queries
from heliodesk.oncall.actions import feeds, paging, reaching, watching
from heliodesk.oncall.models import P1, ContactMethod, Page
from heliodesk.oncall.rules.words import Channel, How, Refused
from heliodesk.oncall.senders import chat, known, rest
from heliodesk.oncall.senders.letter import Letter
from tests import make
from tests.make import NOW
from tests.oncall import world

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def code_of(way: ContactMethod) -> str:
    page = Page.objects.filter(method=way, purpose="code").latest("id")
    return "".join(re.findall(r"\d", page.text.partition(".")[0]))


def test_a_way_is_paged_only_once_its_code_came_back() -> None:
    person = make.user()
    by = world.by(person)
    way = reaching.add_way(kind=Channel.VOICE, address="+44 20 7946 0155", label="", by=by, at=NOW)
    assert way.address == "+442079460155"
    assert [w.kind for w in paging.ways_to([person.pk], ["voice"])] == ["email"]
    with pytest.raises(Refused, match="not the code"):
        reaching.verify(way, code="000000", by=by, at=NOW)
    with pytest.raises(Refused, match="not one of your ways"):
        reaching.verify(way, code=code_of(way), by=world.by(make.user()), at=NOW)
    reaching.verify(way, code=code_of(way), by=by, at=NOW + MINUTE)
    assert [w.kind for w in paging.ways_to([person.pk], ["voice"])] == ["voice"]


def test_a_code_holds_a_quarter_of_an_hour_and_few_guesses() -> None:
    by = world.by(make.user())
    way = reaching.add_way(kind=Channel.SMS, address="+447700900123", label="", by=by, at=NOW)
    with pytest.raises(Refused, match="holds no more"):
        reaching.verify(way, code=code_of(way), by=by, at=NOW + 16 * MINUTE)
    for _ in range(5):
        with pytest.raises(Refused):
            reaching.verify(way, code="1", by=by, at=NOW)
    with pytest.raises(Refused, match="holds no more"):
        reaching.verify(way, code=code_of(way), by=by, at=NOW)


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        (Channel.VOICE, "0800 123"),
        (Channel.EMAIL, "nobody"),
        (Channel.PUSH, "{}"),
        (Channel.PUSH, '{"endpoint": "http://x", "keys": {"p256dh": "a", "auth": "b"}}'),
        (Channel.CHAT, "file:///etc/passwd"),
        (Channel.CHAT, "nonsense"),
    ],
)
def test_what_cannot_be_an_address_is_refused(kind: Channel, address: str) -> None:
    with pytest.raises(Refused):
        reaching.add_way(kind=kind, address=address, label="", by=world.by(make.user()), at=NOW)
    assert not ContactMethod.objects.exists()


def test_a_feed_is_a_calendar_of_ones_shifts_until_it_is_ended(client: Any) -> None:
    desk = world.desk(queries.database_time())
    by = world.by(desk.primary)
    row, token = feeds.open_feed(scope="mine", by=by, at=NOW)
    answer = client.get(f"/on-call/feed/{token}.ics")
    book = Calendar.from_ical(answer.content)
    events = list(book.walk("VEVENT"))
    assert answer["content-type"].startswith("text/calendar") and len(events) > 20
    assert {str(e["summary"]) for e in events} == {"On call: primary, UK & Europe"}
    assert len({str(e["uid"]) for e in events}) == len(events)
    who = client.get(f"/on-call/feed/{token}.json").json()
    assert who["holds_p1"] in {"emea", "amer", "apac"} and len(who["on_call"]) == 6
    feeds.end_feed(row.pk, by=by, at=NOW)
    assert client.get(f"/on-call/feed/{token}.ics").status_code == 404


def test_p1s_of_a_major_incident_page_once_and_are_taken_once() -> None:
    desk = world.desk()
    first, second = world.p1(), world.p1(NOW + MINUTE)
    by = world.by(desk.primary)
    incident = actions.open_incident(title="Relays are down", p1=first, by=by, at=NOW)
    actions.link(second, incident, by=by, at=NOW + MINUTE)
    joined = world.p1(NOW + 2 * MINUTE, flags=("linked_to_major_incident",))
    assert joined.follows == first
    paging.fire_due(NOW + 2 * MINUTE)
    assert {page.p1_id for page in Page.objects.filter(purpose="page")} == {first.pk}
    actions.take(first.pk, person_id=desk.second.pk, how=How.KEY, at=NOW + 3 * MINUTE)
    assert set(P1.objects.values_list("state", "owner")) == {("acked", desk.second.pk)}
    world.resolve(first.case, desk.second, NOW + 9 * MINUTE)
    second.refresh_from_db()
    joined.refresh_from_db()
    assert second.follows is None and joined.follows == second
    found = queries.open_incident(NOW + 10 * MINUTE)
    assert found and found[1] == 10 * MINUTE
    actions.resolve_incident(incident, by=by, at=NOW + 11 * MINUTE)
    assert queries.open_incident(NOW + 12 * MINUTE) is None


def test_a_p1_call_without_a_case_is_paged_until_somebody_calls_back() -> None:
    desk = world.desk()
    record([Happening("p1_unplaced", "call", 7, {"caller": "+4411"})], by=SYSTEM, at=NOW)
    record([Happening("p1_unplaced", "call", 7, {"caller": "+4411"})], by=SYSTEM, at=NOW)
    p1 = P1.objects.get()
    assert paging.fire_due(NOW) == 1
    page = Page.objects.filter(p1=p1, channel="voice").get()
    assert "P1 call from +4411" in page.text
    won = actions.press(page.pk, "1", at=NOW + MINUTE)
    assert isinstance(won, actions.Won) and won.case_id is None
    case = world.p1(NOW + 2 * MINUTE)
    record([Happening("filed", "call", 7, {"case": case.case.ref})], by=SYSTEM, at=NOW + 2 * MINUTE)
    case.refresh_from_db()
    p1.refresh_from_db()
    assert (p1.state, case.state, case.owner) == ("resolved", "acked", desk.primary)


def test_the_offshore_side_is_not_told_of_to_others() -> None:
    world.desk()
    account = make.account(name="Secret Trust", package="gold", region="OFF", offshore=True)
    p1 = world.p1(account=account, offshore=True, title="Nobody can read mail")
    paging.fire_due(NOW)
    page = Page.objects.filter(p1=p1).first()
    assert page and "Secret" not in page.text and "Nobody can read" not in page.text


def test_dead_pagers_are_told_by_mail_once_and_on_every_page(browser: Any) -> None:
    desk = world.desk()
    make.mailbox()
    assert jobs.mail_of_dead_pagers(NOW) is False
    watching.beat("here/worker")
    assert jobs.mail_of_dead_pagers(queries.database_time()) is False
    with connection.cursor() as cursor:
        cursor.execute("update oncall_heartbeat set at = at - interval '31 seconds'")
    for _ in range(3):
        assert jobs.mail_of_dead_pagers(queries.database_time()) is True
    mail = Outbound.objects.get(subject="No pages are going out")
    assert desk.manager.email in mail.to or mail.to
    assert b"No pages are going out" in browser().get("/p1/").content
    watching.beat("here/worker")
    assert jobs.mail_of_dead_pagers(queries.database_time()) is False


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_text_messages_go_by_the_provider_that_is_named(settings: Any, monkeypatch: Any) -> None:
    sent: list[tuple[str, str]] = []

    def post(address: str, letter: Letter) -> str:
        sent.append((address, letter.text))
        return ""

    monkeypatch.setattr(chat, "post", post)
    letter = Letter(1, "k", "+447700900123", "P1", "Take it", "token", "page")
    settings.PAGING_SMS = "vonage://key:secret@442071838750/{number}"
    assert known.is_set("sms") and known.sender_of("sms")(letter) == ""
    assert sent == [("vonage://key:secret@442071838750/447700900123", "Take it")]
    for address in (
        "vonage://abc123:secretsecretsecr@442071838750/447700900123",
        "msgbird://aaaaaaaaaaaaaaaaaaaaaaaaa/442071838750/447700900123",
    ):
        assert chat.readable(address), address
    settings.PAGING_SMS = "rest"
    assert known.sender_of("sms") is rest.sms
    settings.PAGING_SMS = "heliodesk.oncall.senders.chat:chat"
    assert known.sender_of("sms") is chat.chat
