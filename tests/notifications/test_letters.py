"""Every mail that customers are sent, as it is sent: the snapshot is ``letters.txt``.

To take the snapshot anew after a deliberate change of words, run with ``HELIODESK_SNAPSHOT=1``
and read the difference.
"""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from heliodesk.cases import actions
from heliodesk.cases.actions.forwarding import forward
from heliodesk.cases.letters import Written
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Verb
from heliodesk.channels.models import Outbound
from heliodesk.customers.models import RoleKind
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.identity.rules import Role
from heliodesk.intake import actions as intake
from heliodesk.intake.models import HeldItem
from heliodesk.journal.models import Event
from heliodesk.journal.record import SYSTEM, By, Happening, record
from heliodesk.kernel.references import spoken
from heliodesk.notifications.rendering import KINDS
from heliodesk.sla import jobs
from tests import make
from tests.intake import post

SNAPSHOT = Path(__file__).with_name("letters.txt")
#: A Tuesday: in Melbourne the evening, in New York the early morning.
AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
ID = "10-2233-0012345"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def desk(settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path
    activate_shipped(at=AT)
    make.mailbox(address="support@meridian.example", name="Meridian", footer="Meridian Ltd, Hull.")


@pytest.fixture
def by() -> By:
    user = make.user(name="Priya Nadar", role=Role.LEAD)
    return By("user", user.pk, user.name, user.role)


def asked(region: str, number: int, **words: str) -> Case:
    """A case that somebody of this region opened by mail."""
    account = make.account(identifier=f"10-2233-00123{number:02}", package="gold", region=region)
    address = f"mara{number}@northwind.example"
    make.contact(account, name="Mara Lind", address=address, kind=RoleKind.DESIGNATED)
    subject = f"(10-2233-00123{number:02}) {words.pop('subject', 'Mail is late')}"
    post.send(post.mail(sender=address, subject=subject, **words), at=AT)
    return Case.objects.latest("id")


def letters() -> dict[str, str]:
    """What was sent since the last look, under the kind of mail; references left out."""
    found = {}
    for row in Outbound.objects.order_by("id"):
        text = f"{row.subject}\n\n{row.text}"
        for case in Case.objects.all():
            text = text.replace(spoken(case.ref), "REFERENCE").replace(case.ref, "REFERENCE")
        text = re.sub(r"H-[A-Z]{5,}", "H-NUMBER", text)
        found[row.kind] = text
    Outbound.objects.all().delete()
    return found


def everything(by: By) -> dict[str, str]:
    """Each kind of letter, as it comes about."""
    sent: dict[str, str] = {}

    def keep(name: str) -> None:
        sent.update({f"{kind} ({name})": text for kind, text in letters().items()})

    for number, region in enumerate(("UK", "NA", "ZA", "AU", "NZ", "SG", "OFF")):
        asked(region, number)
        keep(region)
    asked("AU", 11, subject="Nothing is delivered", text="Priority: P1\nWe are down.\n")
    keep("P1 claimed")
    case = asked("NA", 12)
    keep("to be answered")
    actions.reply(case, text="Which server is it?", then=Verb.AWAIT_CUSTOMER, by=by, at=AT)
    keep("question")
    asked_first = case.messages.earliest("id")
    written = Written(
        "forward", "Do you know this?", to=("relay@vendor.example",), message=asked_first.pk
    )
    forward(case, written, by=by, at=AT)
    keep("to somebody outside")
    jobs.act_on_patience(AT + timedelta(days=3))
    keep("NA")
    Case.objects.filter(pk=case.pk).update(priority="P1", flags=["p1_by_call"])
    # Business days: the weekend between the two reminders does not count.
    tuesday = AT + timedelta(days=7)
    jobs.act_on_patience(tuesday)
    keep("P1 waits for ever")
    with transaction.atomic():
        missed = Happening("p1_missed", "case", case.pk, {"step": 1})
        record([missed], by=SYSTEM, at=tuesday)
    keep("nobody took it yet")
    friday = AT + timedelta(days=3)
    news = {"incident": "Mail to outside is delayed", "until": "noon"}
    actions.inform({case.pk: "The relays run; the queue empties."}, by=by, at=friday, told=news)
    keep("of an incident")
    actions.resolve(case, text="The relay was restarted.", by=by, at=AT + timedelta(days=6))
    keep("by hand")
    actions.close(case, by=by, at=AT + timedelta(days=6))
    again = post.mail(sender="mara12@northwind.example", subject=f"Re: [#{case.ref}] again")
    post.send(again, at=AT + timedelta(days=7))
    keep("NA")
    worse = asked("AU", 14)
    letters()
    again = post.mail(
        sender="mara14@northwind.example",
        subject=f"Re: [#{worse.ref}] late",
        text="Priority: P1\nNow all of us are down.\n",
    )
    post.send(again, at=AT + timedelta(hours=1))
    keep("reply")
    with transaction.atomic():
        record([Happening("p1_missed", "case", worse.pk)], by=SYSTEM, at=AT)
    keep("nobody yet")
    silent = asked("SG", 13)
    actions.reply(silent, text="Which server?", then=Verb.AWAIT_CUSTOMER, by=by, at=AT)
    letters()
    jobs.act_on_patience(AT + timedelta(days=4))
    jobs.act_on_patience(AT + timedelta(days=6))
    jobs.act_on_patience(AT + timedelta(days=9))
    keep("nobody answered")
    post.send(post.mail(sender="who@elsewhere.example", subject="Hello"), at=AT)
    keep("unknown sender")
    intake.reject_held(HeldItem.objects.latest("id"), text="We do not know you.", by=by, at=AT)
    keep("by hand")
    return sent


def test_as_in_the_snapshot(by: By) -> None:
    sent = everything(by)
    text = "".join(f"=== {name}\n{body}\n" for name, body in sent.items())
    if os.environ.get("HELIODESK_SNAPSHOT"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert text == SNAPSHOT.read_text(encoding="utf-8")
    assert {name.split(" ")[0] for name in sent} == set(KINDS) - {"signature"}
    for name, body in sent.items():
        assert "!" not in body, name
        assert not re.search(r"[{}\[]case", body), name
        assert not set(re.findall(r"[a-z]+", body.lower())) & {"guarantee", "promise", "sla"}


def test_resolving_with_an_answer_sends_one_mail(by: By) -> None:
    case = asked("UK", 1)
    letters()
    actions.reply(case, text="Done, the relay was restarted.", then=Verb.RESOLVE, by=by, at=AT)
    assert list(letters()) == ["reply"]


def test_a_reminder_goes_out_once_a_step(by: By) -> None:
    case = asked("UK", 1)
    actions.reply(case, text="Which one?", then=Verb.AWAIT_CUSTOMER, by=by, at=AT)
    letters()
    for hour in range(24 * 4):
        jobs.act_on_patience(AT + timedelta(hours=hour))
    reminders = Outbound.objects.filter(kind="reminder")
    assert reminders.count() == 2
    first = reminders.earliest("id")
    assert first.to == ["mara1@northwind.example"]
    assert first.automatic
    assert "17:00 on Tuesday 10 March 2026, London (GMT)" in first.text
    assert "Which one?" in first.text


def test_who_claims_a_p1_by_a_reply_is_asked_to_call_once() -> None:
    case = asked("UK", 1)
    letters()
    for number in range(3):
        again = post.mail(
            sender="mara1@northwind.example", subject=f"Re: P1 [#{case.ref}] {number}"
        )
        post.send(again, at=AT + timedelta(minutes=number))
    assert [row.kind for row in Outbound.objects.all()] == ["p1_by_phone"]
    case.refresh_from_db()
    assert (case.priority, "p1_requested_not_by_phone" in case.flags) == ("P2", True)
    assert Event.objects.get(verb="prioritise").data["was"] == "P3"


def test_a_letter_leads_to_the_portal_of_its_brand(settings: Any) -> None:
    make.mailbox(address="oz@meridian.example", region="AU", site="https://oz.meridian.example")
    for region, home in (("AU", "https://oz.meridian.example"), ("UK", settings.BASE_URL)):
        case = asked(region, len(home))
        letter = Outbound.objects.get(kind="acknowledgement", subject_id=case.pk)
        assert f"{home}/support/cases/{case.ref}/" in letter.text
        assert f"{home}/support/cases/{case.ref}/" in letter.html
