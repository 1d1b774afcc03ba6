"""Another vendor's pack in force from import to answer: no name of the sample is in the code."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Verb
from heliodesk.channels.models import Outbound
from heliodesk.customers.models import RoleKind
from heliodesk.entitlements import actions, packs
from heliodesk.entitlements.models import PolicyPack
from heliodesk.entitlements.pack.shipped import shipped_pack, shipped_source
from heliodesk.entitlements.rules import Answer, answered
from heliodesk.entitlements.simulation import Simulator
from heliodesk.entitlements.speech import say
from heliodesk.identity.rules import Role
from heliodesk.intake.models import HeldItem
from heliodesk.journal.record import SYSTEM, By
from heliodesk.sla import jobs
from heliodesk.sla.models import Clock
from tests import make
from tests.intake import post

pytestmark = pytest.mark.django_db(transaction=True)
#: A Tuesday, nine in Berlin.
AT = datetime(2026, 3, 3, 8, tzinfo=UTC)
SAMPLE = re.compile(
    r"mimecast|mimecaster|bronze|silver|gold|platinum|frontline|foreshore|p1-hotline|"
    r"triage-|identity-check|account-desk|administration console", re.I
)  # fmt: skip
ADA, OVE = "ada@hotelblau.example", "ove@hotelblau.example"


@pytest.fixture(autouse=True)
def desk(settings: Any, tmp_path: Any) -> None:
    """The sample first, as any desk begins; then the vendor's own pack."""
    settings.DATA = tmp_path
    actions.activate_shipped(at=AT)
    source = shipped_source("tidewater-2026")
    draft = actions.import_pack(source, file="tidewater.yaml", by=SYSTEM, at=AT)
    actions.activate(draft, by=SYSTEM, at=AT)
    make.mailbox(address="help@tidewater.example", name="Tidewater", region="DE")
    hotel = make.account(name="Hotel Blau", identifier="TW-12345", package="harbour", region="DE")
    make.contact(hotel, name="Ada Blau", address=ADA, kind=RoleKind.DESIGNATED)
    make.contact(hotel, name="Ove Blau", address=OVE)


def mailed(subject: str, *, sender: str = ADA, at: datetime = AT, **mail: Any) -> None:
    """A mail that names its company, as the guidance asks."""
    text = "It has been so since this morning.\n\nAda, Hotel Blau\n"
    message = post.mail(
        sender=sender, subject=subject, text=text, to="help@tidewater.example", **mail
    )
    post.send(message, at=at)


def by() -> By:
    user = make.user(role=Role.LEAD)
    return By("user", user.pk, user.name, user.role)


def told() -> list[str]:
    found = [f"{row.subject}\n{row.text}" for row in Outbound.objects.order_by("id")]
    Outbound.objects.all().delete()
    return found


def test_a_mail_becomes_a_case_by_the_other_policy() -> None:
    mailed("(TW-12345) The booking page stays empty")
    case = Case.objects.get()
    assert (case.package, case.queue, case.priority) == ("harbour", "berlin", "P3")
    assert case.title == "The booking page stays empty"
    assert case.flags == []
    # 960 business minutes from nine: seven hours today, eight tomorrow, one on Thursday.
    assert case.due_at == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert case.decision is not None
    assert case.decision.pack.code == "tidewater-2026"
    (ack,) = told()
    assert "priority P3 (Ordinary)" in ack
    assert "09:00 on Thursday 5 March 2026, Berlin (CET)" in ack
    assert not SAMPLE.search(ack)


@pytest.mark.parametrize(
    ("subject", "flags"),
    [
        ("[tw 12345] empty page", []),
        ("TW-12345: empty page", []),
        ("empty page", ["id_missing"]),
        ("Order 12345 is lost", ["id_missing"]),
        ("(TW-99999) empty page", ["id_unmatched"]),
        ("(TW-1234) empty page", ["id_malformed"]),
    ],
)
def test_the_id_is_read_as_this_vendor_writes_it(subject: str, flags: list[str]) -> None:
    mailed(subject)
    assert Case.objects.get().flags == flags


def test_strangers_are_told_in_this_vendors_words() -> None:
    mailed("Hello", sender="who@elsewhere.example")
    assert HeldItem.objects.get().queue == "front-door"
    (answer,) = told()
    assert "customer number" in answer
    assert "on every invoice" in answer
    assert not SAMPLE.search(answer)


def test_a_case_lives_and_ends_with_first_response_targets_alone() -> None:
    """The pack has no targets for further answers, updates or resolution."""
    mailed("(TW-12345) The booking page stays empty")
    case, lead = Case.objects.get(), by()
    assert [c.metric for c in Clock.objects.all()] == ["first_response"]
    cases.reply(case, text="Which page?", then=Verb.AWAIT_CUSTOMER, by=lead, at=AT)
    jobs.sweep(AT + timedelta(days=1))
    jobs.act_on_patience(AT + timedelta(days=3))
    jobs.act_on_patience(AT + timedelta(days=8))
    jobs.act_on_patience(AT + timedelta(days=10))
    case.refresh_from_db()
    assert case.state == "resolved"
    mailed(f"Re: [#{case.ref}] The front page", at=AT + timedelta(days=10))
    case.refresh_from_db()
    assert case.state == "assigned"
    one = Clock.objects.latest("id")
    assert (one.metric, one.target_minutes, one.due_at) == ("next_response", 960, case.due_at)
    assert not [text for text in told() if SAMPLE.search(text)]


def test_calls_follow_the_other_packages() -> None:
    simulator = Simulator(packs.active().policy.pack)
    night = {"at": "2026-03-07T03:00+01:00", "channel": "phone", "contact_role": "authorised"}
    found = {
        (package, severity): answered(
            simulator.ask({**night, "package": package, "severity": severity})[0]
        )
        for package in ("mooring", "harbour", "ocean")
        for severity in ("P1", "P3")
    }
    assert found == {
        ("mooring", "P1"): Answer.CALL_BACK,
        ("mooring", "P3"): Answer.IN_WRITING,
        ("harbour", "P1"): Answer.P1,
        ("harbour", "P3"): Answer.IN_WRITING,
        ("ocean", "P1"): Answer.P1,
        ("ocean", "P3"): Answer.CONNECT,
    }
    decision, policy = simulator.ask({**night, "package": "ocean", "severity": "P1"})
    assert decision.queue == "outages"
    assert "priority 1, Outage" in say(decision, policy, reference="48120990")


def test_contracts_go_by_the_other_order_of_packages() -> None:
    mailed("(TW-12345) The booking page stays empty")
    case = Case.objects.get()
    held = case.account.contracts.get()
    actions.upgrade(held, package="ocean", on=AT.date(), by=SYSTEM, at=AT)
    case.refresh_from_db()
    assert (case.package, case.urgency % 20, Clock.objects.get().target_minutes) == (
        "ocean", 17, 240,
    )  # fmt: skip


def test_the_weights_of_the_queue_are_the_packs_own() -> None:
    source = shipped_source("tidewater-2026").replace(
        "default: [mooring, harbour, ocean]", "default: [ocean, harbour, mooring]"
    )
    draft = actions.import_pack(source, file="x", by=SYSTEM, at=AT)
    actions.activate(draft, by=SYSTEM, at=AT)
    assert [terms.rank for terms in packs.active().policy.all_terms()] == [2, 1, 0]


def test_running_cases_keep_the_version_they_were_accepted_under() -> None:
    mailed("(TW-12345) The booking page stays empty")
    shipped = PolicyPack.objects.get(code="mimecast-2018")
    actions.activate(shipped, accept_losses=True, by=SYSTEM, at=AT)
    case, lead = Case.objects.get(), by()
    cases.prioritise(case, priority="P2", reason="Many guests", by=lead, at=AT)
    one = Clock.objects.get()
    assert (one.target_minutes, one.pack.code) == (480, "tidewater-2026")
    mailed(f"Re: [#{case.ref}] more", at=AT + timedelta(hours=1))
    case.refresh_from_db()
    assert case.decision is not None
    assert case.decision.pack.code == "tidewater-2026"


def test_the_second_pack_has_two_packages_over_its_base_and_no_name_of_the_first() -> None:
    pack = shipped_pack("tidewater-2026")
    assert len(pack.packages) == 3
    text = shipped_source("tidewater-2026")
    names = SAMPLE.findall("\n".join(line.partition("#")[0] for line in text.splitlines()))
    assert names == []
