"""What a person decides about held items."""

import pytest
from django.test import Client

from heliodesk.cases.models import Case, Message
from heliodesk.cases.rules import Refused
from heliodesk.channels.models import Inbound, Outbound
from heliodesk.intake import actions
from heliodesk.intake.models import HeldItem
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from heliodesk.notifications.models import Notice
from tests import make
from tests.intake import post
from tests.intake.conftest import NORTHWIND, World
from tests.make import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(world: World) -> HeldItem:
    post.send(
        post.mail(sender="Mara at home <mara@home.example>", subject="late", text="It is late.\n"),
        mailbox=world.onshore,
    )
    return HeldItem.objects.get()


@pytest.fixture
def agent() -> By:
    user = make.user()
    return By("user", user.pk, user.name, user.role)


def test_release_makes_an_acknowledged_case(world: World, held: HeldItem, agent: By) -> None:
    opened = actions.release_held(
        held, account_id=world.northwind.pk, contact_id=world.mara.pk, by=agent, at=NOW
    )
    case = Case.objects.get(pk=opened.id)
    assert (case.account, case.contact, case.package) == (world.northwind, world.mara, "gold")
    assert case.decision is not None
    held.refresh_from_db()
    assert (held.state, held.case_id, held.decided_by_id) == ("matched", case.pk, agent.id)
    assert Outbound.objects.get(kind="acknowledgement").to == ["mara@home.example"]
    row = Inbound.objects.get()
    assert (row.state, row.result_kind, row.result_id) == ("filed", "case", case.pk)
    with pytest.raises(Refused, match="already matched"):
        actions.spam_held(held, by=agent, at=NOW)


def test_later_replies_reach_the_released_case(world: World, held: HeldItem, agent: By) -> None:
    letter = Outbound.objects.get()
    opened = actions.release_held(
        held, account_id=world.northwind.pk, contact_id=world.mara.pk, by=agent, at=NOW
    )
    post.send(
        post.mail(sender="mara@home.example", subject="more", to=letter.reply_to), at=post.later(5)
    )
    assert Message.objects.filter(case_id=opened.id, direction="in").count() == 2


def test_append_adds_everything_said(world: World, held: HeldItem, agent: By) -> None:
    letter = Outbound.objects.get()
    post.send(post.mail(sender="mara@home.example", subject="more", to=letter.reply_to))
    case = make.case(world.northwind, world.mara, text="First")
    actions.append_held(held, case=case, by=agent, at=NOW)
    assert Message.objects.filter(case=case).count() == 3
    held.refresh_from_db()
    assert held.case_id == case.pk


def test_reject_answers_and_ends(held: HeldItem, agent: By) -> None:
    with pytest.raises(Refused, match="Write what"):
        actions.reject_held(held, text=" ", by=agent, at=NOW)
    actions.reject_held(held, text="We only help customers.", by=agent, at=NOW)
    letter = Outbound.objects.get(kind="rejected")
    assert letter.to == ["mara@home.example"]
    assert "We only help customers." in letter.text
    held.refresh_from_db()
    assert held.state == "rejected"


def test_spam_sends_nothing(held: HeldItem, agent: By) -> None:
    before = Outbound.objects.count()
    actions.spam_held(held, by=agent, at=NOW)
    assert Outbound.objects.count() == before


def test_purged_after_its_days(held: HeldItem) -> None:
    assert actions.purge_held(at=post.later(13 * 24 * 60)) == 0
    assert actions.purge_held(at=post.later(15 * 24 * 60)) == 1
    held.refresh_from_db()
    assert held.state == "purged"
    assert Inbound.objects.get().raw
    assert Event.objects.filter(subject_kind="held", verb="purged").count() == 1


def test_replay_takes_it_in_again(world: World, held: HeldItem, agent: By) -> None:
    contact = make.contact(world.northwind, address="mara@home.example")
    actions.replay_held(held, by=agent, at=NOW)
    post.file(at=post.later(1))
    assert Case.objects.get().contact == contact


def test_read_again_from_the_raw_bytes(held: HeldItem) -> None:
    (content,) = actions.read_held(held)
    assert content.draft is not None
    assert content.draft.text.strip() == "It is late."


def test_poison_is_held_with_its_error_and_nothing_stops(
    world: World, monkeypatch: pytest.MonkeyPatch, agent: By
) -> None:
    from heliodesk.intake import pipeline

    real = pipeline.read

    def read(raw: bytes, **how: object) -> object:
        if b"poison" in raw:
            raise ZeroDivisionError("cannot read this")
        return real(raw, **how)  # type: ignore[arg-type]  # fields of it by name

    monkeypatch.setattr(pipeline, "read", read)
    for subject in ("one", "poison", "two"):
        post.arrive(
            post.mail(sender="mara@northwind.example", subject=f"({NORTHWIND}) {subject}"),
            mailbox=world.onshore,
        )
    post.file()
    assert Case.objects.count() == 2
    held = HeldItem.objects.get()
    assert held.reason == "poison"
    assert "cannot read this" in held.detail
    assert "poison" in held.subject
    monkeypatch.undo()
    actions.replay_held(held, by=agent, at=NOW)
    post.file(at=post.later(1))
    assert Case.objects.count() == 3


def test_a_message_that_cannot_be_written_is_held_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from heliodesk.intake import pipeline

    real = pipeline.file_all

    def file_all(drafts: list[object], *rest: object, **how: object) -> object:
        if any("bad" in draft.subject for draft in drafts):  # type: ignore[attr-defined]  # drafts of messages
            raise ValueError("cannot write this")
        return real(drafts, *rest, **how)  # type: ignore[arg-type]  # fields of it by name

    monkeypatch.setattr(pipeline, "file_all", file_all)
    for subject in ("one", "bad", "two"):
        post.arrive(
            post.mail(sender="mara@northwind.example", subject=f"({NORTHWIND}) {subject}"),
            mailbox=world.onshore,
        )
    post.file()
    assert Case.objects.count() == 2
    assert "cannot write this" in HeldItem.objects.get().detail


def test_leads_hear_of_a_message_that_could_not_be_filed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from heliodesk.intake import pipeline

    def broken(raw: bytes, **how: object) -> object:
        raise ZeroDivisionError("cannot read this")

    lead, cleared = make.user(role="lead"), make.user(role="admin", offshore=True)
    make.user()
    monkeypatch.setattr(pipeline, "read", broken)
    for box in (world.onshore, world.offshore):
        post.send(post.mail(sender="mara@northwind.example"), mailbox=box)
    refs = list(HeldItem.objects.order_by("id").values_list("ref", flat=True))
    told = Notice.objects.filter(verb="mail_stuck").order_by("id")
    assert [(n.user_id, n.data["ref"]) for n in told if n.user_id == lead.pk] == [
        (lead.pk, refs[0])
    ]
    assert [n.data["ref"] for n in told if n.user_id == cleared.pk] == refs
    assert told.count() == 3 and "cannot read this" in told[0].data["error"]
    browser = Client()
    browser.force_login(lead)
    page = browser.get("/notices/").content.decode()
    assert "could not be filed" in page and f'href="/held/{refs[0]}/"' in page
