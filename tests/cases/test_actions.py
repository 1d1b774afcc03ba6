"""Every verb on a case: the row, the event, and the refusal."""

import pytest
from tests import make
from tests.make import NOW

from heliodesk.cases import actions
from heliodesk.cases.models import Case, CaseLink, Draft, Message
from heliodesk.cases.rules import Refused, Verb
from heliodesk.channels.models import Outbound
from heliodesk.identity.models import User
from heliodesk.journal.models import Event
from heliodesk.journal.record import By

pytestmark = pytest.mark.django_db


def by_of(user: User) -> By:
    return By("user", user.pk, user.name, user.role)


@pytest.fixture
def agent() -> By:
    return by_of(make.user(name="Priya Nadar"))


@pytest.fixture
def lead() -> By:
    return by_of(make.user(name="Ines Carvalho", role="lead"))


@pytest.fixture
def case() -> Case:
    make.mailbox(address="support@meridian.example")
    account = make.account(name="Northwind Freight")
    contact = make.contact(account, name="Mara Lind", address="mara@northwind.example")
    return make.case(account, contact, text="It is late.")


def events(case: Case) -> list[str]:
    found = Event.objects.filter(subject_kind="case", subject_id=case.pk).order_by("id")
    return list(found.values_list("verb", flat=True))


def test_take_assign_release(case: Case, agent: By) -> None:
    taken = actions.take(case, by=agent, at=NOW)
    assert (taken.state, taken.owner_id) == ("assigned", agent.id)
    other = make.user()
    assert actions.assign(case, owner_id=other.pk, by=agent, at=NOW).owner_id == other.pk
    released = actions.release(case, by=agent, at=NOW)
    assert (released.state, released.owner_id) == ("new", None)
    assert events(case)[-3:] == ["take", "assign", "release"]
    assert released.version == case.version + 3


def test_assign_refuses_the_gone_and_the_uncleared(case: Case, agent: By) -> None:
    gone = make.user(is_active=False)
    with pytest.raises(Refused, match="not active"):
        actions.assign(case, owner_id=gone.pk, by=agent, at=NOW)
    Case.objects.filter(pk=case.pk).update(offshore=True)
    case.refresh_from_db()
    with pytest.raises(Refused, match="offshore"):
        actions.assign(case, owner_id=make.user().pk, by=agent, at=NOW)
    cleared = make.user(offshore=True)
    assert actions.assign(case, owner_id=cleared.pk, by=agent, at=NOW).owner_id == cleared.pk


def test_reply_takes_the_case_sends_once_and_can_resolve(case: Case, agent: By) -> None:
    actions.save_draft(case, user_id=agent.id or 0, mode="reply", text="Half", at=NOW)
    actions.reply(
        case,
        text="Use one policy.",
        then=Verb.RESOLVE,
        cc=["ben@northwind.example"],
        by=agent,
        at=NOW,
    )
    case.refresh_from_db()
    assert (case.state, case.owner_id, case.resolution) == ("resolved", agent.id, "Use one policy.")
    assert case.first_response_at == NOW
    letter = Outbound.objects.get()
    assert letter.to == ["mara@northwind.example"]
    assert letter.cc == ["ben@northwind.example"]
    assert not letter.automatic
    assert not Draft.objects.exists()


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 200_001])
def test_reply_refuses_nothing_and_too_much(case: Case, agent: By, text: str) -> None:
    with pytest.raises(Refused):
        actions.reply(case, text=text, by=agent, at=NOW)
    assert not Outbound.objects.exists()


def test_reply_refuses_when_somebody_was_faster(case: Case, agent: By) -> None:
    seen = case.version
    actions.note(case, text="I am on it", by=agent, at=NOW)
    with pytest.raises(actions.Stale, match="Somebody else"):
        actions.reply(case, text="Hello", seen_version=seen, by=agent, at=NOW)
    assert Message.objects.filter(case=case, direction="out").count() == 0
    assert not Outbound.objects.exists()


def test_a_note_is_never_sent(case: Case, agent: By) -> None:
    actions.note(case, text="Secret", by=agent, at=NOW)
    assert not Outbound.objects.exists()
    assert Message.objects.get(direction="note").text == "Secret"


def test_the_whole_life(case: Case, agent: By, lead: By) -> None:
    actions.take(case, by=agent, at=NOW)
    actions.await_customer(case, by=agent, at=NOW)
    actions.await_vendor(case, by=agent, at=NOW)
    actions.resume(case, by=agent, at=NOW)
    with pytest.raises(Refused, match="Say how"):
        actions.resolve(case, text=" ", by=agent, at=NOW)
    resolved = actions.resolve(case, text="Restarted it", by=agent, at=NOW)
    assert resolved.resolved_at == NOW
    closed = actions.close(case, by=agent, at=NOW)
    assert closed.closed_at == NOW
    with pytest.raises(Refused, match="lead"):
        actions.reopen(case, by=agent, at=NOW)
    again = actions.reopen(case, by=lead, at=NOW)
    assert (again.state, again.resolved_at, again.closed_at) == ("assigned", None, None)
    assert events(case)[-7:] == [
        "take", "await_customer", "await_vendor", "resume", "resolve", "close", "reopen"
    ]  # fmt: skip


def test_a_refused_verb_changes_nothing(case: Case, agent: By) -> None:
    before = events(case)
    with pytest.raises(Refused):
        actions.close(case, by=agent, at=NOW)
    case.refresh_from_db()
    assert (case.state, events(case)) == ("new", before)


def test_priorities(case: Case, agent: By) -> None:
    with pytest.raises(Refused, match="telephone"):
        actions.prioritise(case, priority="P1", reason="x", by=agent, at=NOW)
    with pytest.raises(Refused, match="no priority"):
        actions.prioritise(case, priority="P9", reason="x", by=agent, at=NOW)
    with pytest.raises(Refused, match="why"):
        actions.prioritise(case, priority="P2", reason="", by=agent, at=NOW)
    assert actions.prioritise(case, priority="P2", reason="Many", by=agent, at=NOW).priority == "P2"


def test_merge_and_undo(case: Case, agent: By) -> None:
    into = make.case(case.account, case.contact, text="Other words")
    with pytest.raises(Refused, match="itself"):
        actions.merge(case, into=case, by=agent, at=NOW)
    stranger = make.case(make.account(), text="x")
    with pytest.raises(Refused, match="different accounts"):
        actions.merge(case, into=stranger, by=agent, at=NOW)
    merged = actions.merge(case, into=into, by=agent, at=NOW)
    assert (merged.state, merged.merged_into_id) == ("cancelled", into.pk)
    assert Message.objects.filter(case=into).count() == 2
    with pytest.raises(Refused, match="merged"):
        actions.reopen(merged, by=by_of(make.user(role="lead")), at=NOW)
    back = actions.unmerge(case, by=agent, at=NOW)
    assert (back.state, back.merged_into_id) == ("new", None)
    assert Message.objects.filter(case=case).count() == 1
    with pytest.raises(Refused, match="not merged"):
        actions.unmerge(case, by=agent, at=NOW)
    assert "merged_in" in events(into) and "unmerged" in events(into)


def test_links_go_both_ways(case: Case, agent: By) -> None:
    other = make.case(make.account(), text="x")
    actions.link(other, other=case, by=agent, at=NOW)
    actions.link(case, other=other, by=agent, at=NOW)
    assert CaseLink.objects.count() == 1
    assert events(case).count("link") == 1
    actions.unlink(case, other=other, by=agent, at=NOW)
    assert not CaseLink.objects.exists()


def test_participants(case: Case, agent: By) -> None:
    party = actions.invite(case, address="Ben@Northwind.Example", by=agent, at=NOW)
    assert party.address == "ben@northwind.example"
    with pytest.raises(Refused, match="not an e-mail"):
        actions.invite(case, address="ben at home", by=agent, at=NOW)
    with pytest.raises(Refused, match="requester"):
        actions.uninvite(case, address="mara@northwind.example", by=agent, at=NOW)
    actions.uninvite(case, address="ben@northwind.example", by=agent, at=NOW)
    assert case.participants.count() == 1


def test_drafts_are_kept_and_dropped(case: Case, agent: By) -> None:
    user_id = agent.id or 0
    actions.save_draft(case, user_id=user_id, mode="reply", text="One", at=NOW)
    actions.save_draft(case, user_id=user_id, mode="reply", text="Two", at=NOW)
    assert Draft.objects.get().text == "Two"
    actions.save_draft(case, user_id=user_id, mode="reply", text=" ", at=NOW)
    assert not Draft.objects.exists()
