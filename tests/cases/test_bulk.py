"""One verb on many cases: in order, each by itself, told what was refused, and undone."""

from datetime import datetime, timedelta

import pytest
from tests import make
from tests.make import NOW

from heliodesk.cases import actions, runs, tags
from heliodesk.cases.access import Hidden
from heliodesk.cases.actions import bulk
from heliodesk.cases.letters import SECOND_THOUGHTS
from heliodesk.cases.models import BulkRun, BulkStep, Case
from heliodesk.cases.rules import Refused
from heliodesk.identity.models import User
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event

pytestmark = pytest.mark.django_db


def person(role: Role = Role.AGENT) -> Person:
    user = make.user(role=role)
    return Person(user.pk, user.name, user.email, role, "UTC")


@pytest.fixture
def me() -> Person:
    tags.forget()
    return person()


LATER = NOW + SECOND_THOUGHTS


def do(me: Person, verb: str, cases: list[Case], **given: object) -> BulkRun:
    run = bulk.start(verb, [case.pk for case in cases], given=given, person=me, at=NOW)
    bulk.work(LATER if run.begins_at else NOW, run_id=run.pk, seconds=20)
    return run


def back(run: BulkRun, me: Person, at: datetime = NOW) -> runs.Run:
    undoing = bulk.undo(run, person=me, at=at)
    bulk.work(at, seconds=20)
    return runs.of(me, undoing.pk)


def now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_taken_told_and_undone(me: Person) -> None:
    other = make.user()
    new, owned, ended = (
        make.case(state="new"),
        make.case(state="assigned", owner=other),
        make.case(state="closed", resolved_at=NOW, closed_at=NOW),
    )
    run = do(me, "take", [new, owned, ended, new])
    assert {now(new).owner_id, now(owned).owner_id} == {me.id}
    told = runs.of(me, run.pk)
    assert (told.total, told.settled, told.refused, told.done) == (3, 3, 1, 2)
    assert told.ended_at
    assert runs.troubles(me, run.pk) == [
        (ended.ref, ended.title, "A case that is closed cannot be taken.")
    ]
    undone = back(run, me)
    assert (undone.undoes, undone.done, undone.refused) == ("take", 2, 0)
    assert (now(new).state, now(new).owner_id) == ("new", None)
    assert now(owned).owner_id == other.pk
    assert runs.of(me, run.pk).undone
    with pytest.raises(Refused, match="already"):
        bulk.undo(run, person=me, at=NOW)


def test_what_somebody_touched_since_stays(me: Person) -> None:
    one, two = make.case(queue="emea"), make.case(queue="emea")
    run = do(me, "move", [one, two], queue="us")
    actions.retitle(now(one), title="Touched", by=me.by, at=NOW)
    undone = back(run, me)
    assert (now(one).queue, now(two).queue) == ("us", "emea")
    assert (undone.done, undone.refused) == (1, 1)
    assert "since" in runs.troubles(me, undone.id)[0].why


def test_each_verb_that_can_be_undone_is(me: Person) -> None:
    admin = person(Role.ADMIN)
    billing = actions.add_tag(name="billing", hue=1, by=admin.by, at=NOW)
    vip = actions.add_tag(name="vip", hue=1, by=admin.by, at=NOW)
    tags.forget()
    owner = User.objects.get(pk=me.id)
    for verb, given, wanted in (
        ("assign", {"owner": admin.id}, {"owner_id": admin.id}),
        ("release", {}, {"owner_id": None, "state": "new"}),
        ("move", {"queue": "us"}, {"queue": "us"}),
        ("tag", {"tags": [billing.pk]}, {"tags": sorted([billing.pk, vip.pk])}),
        ("untag", {"tags": [vip.pk]}, {"tags": []}),
        ("prioritise", {"priority": "P2", "reason": "More"}, {"priority": "P2"}),
        ("await_customer", {}, {"state": "pending_customer"}),
        ("await_vendor", {}, {"state": "pending_vendor"}),
        ("cancel", {"reason": "Twice"}, {"state": "cancelled"}),
        ("spam", {}, {"state": "cancelled"}),
    ):
        case = make.case(state="assigned", owner=owner, tags=[vip.pk])
        run = do(admin, verb, [case], **given)
        assert runs.troubles(admin, run.pk) == [], verb
        after = now(case)
        assert {name: getattr(after, name) for name in wanted} == wanted, verb
        assert back(run, admin).refused == 0, verb
        for name in ("owner_id", "queue", "tags", "priority", "state"):
            assert getattr(now(case), name) == getattr(case, name), (verb, name)


def test_resolving_many_waits_and_can_be_taken_back_without_a_trace(me: Person) -> None:
    case = make.case(state="assigned", owner=User.objects.get(pk=me.id))
    before = Event.objects.filter(subject_kind="case").count()
    run = bulk.start("resolve", [case.pk], given={"text": "Restarted."}, person=me, at=NOW)
    assert bulk.work(LATER - timedelta(seconds=1)) == 0
    waiting = runs.of(me, run.pk)
    assert waiting.waits(NOW)
    almost = LATER - timedelta(milliseconds=1)
    assert [waiting.seconds_left(at) for at in (NOW, almost, LATER)] == [10, 1, 0]
    undone = back(run, me)
    assert (undone.total, undone.ended_at) == (0, NOW)
    assert bulk.work(LATER) == 0
    assert now(case).state == "assigned"
    assert Event.objects.filter(subject_kind="case").count() == before


STATES = ["assigned", "pending_customer", "pending_vendor"]


def test_resolved_ones_are_what_they_were(me: Person) -> None:
    owner = User.objects.get(pk=me.id)
    cases = [
        make.case(state=state, owner=owner, flags=["escalated"], resolution="Once before.")
        for state in STATES
    ]
    touched = make.case(state="assigned", owner=owner)
    run = do(me, "resolve", [*cases, touched], text="Restarted it.")
    assert {now(case).state for case in cases} == {"resolved"}
    actions.note(now(touched), text="It was the cable.", by=me.by, at=LATER)
    undone = back(run, me, LATER + timedelta(minutes=5))
    assert (undone.done, undone.refused) == (3, 1)
    for case in cases:
        for name in ("state", "owner_id", "queue", "flags", "resolution", "resolved_at"):
            assert getattr(now(case), name) == getattr(case, name), (case.state, name)
        assert Event.objects.filter(subject_id=case.pk, subject_kind="case").last().verb == "revert"  # type: ignore[union-attr]  # there is one
    assert now(touched).state == "resolved"


def test_closed_ones_are_resolved_again(me: Person) -> None:
    case = make.case(state="resolved", resolved_at=NOW - timedelta(days=1), resolution="So.")
    run = do(me, "close", [case])
    assert now(case).closed_at == NOW
    assert back(run, me).done == 1
    row = now(case)
    assert (row.state, row.closed_at, row.resolved_at) == ("resolved", None, case.resolved_at)
    assert row.resolution == "So."


def test_what_cannot_be_undone_says_so(me: Person) -> None:
    spam = do(me, "spam", [make.case()])
    with pytest.raises(Refused, match="Only a lead"):
        bulk.undo(spam, person=me, at=NOW)


def test_a_run_goes_on_where_it_stopped(me: Person) -> None:
    cases = [make.case() for _ in range(5)]
    run = bulk.start("take", [case.pk for case in cases], given={}, person=me, at=NOW)
    assert bulk.work(NOW, seconds=0) == 0
    assert bulk._next(run, NOW)
    assert runs.of(me, run.pk).settled == 1
    assert now(cases[0]).owner_id == me.id
    undoing = bulk.undo(run, person=me, at=NOW)
    assert undoing.total == 1
    assert bulk.work(NOW, seconds=20) == 1
    assert [now(case).owner_id for case in cases] == [None] * 5
    assert runs.of(me, run.pk).refused == 4


def test_only_what_this_person_sees(me: Person) -> None:
    hidden = make.case(offshore=True)
    with pytest.raises(Refused, match="at least one"):
        do(me, "take", [hidden])
    run = do(me, "take", [hidden, make.case()])
    assert runs.of(me, run.pk).total == 1
    with pytest.raises(Hidden):
        runs.of(person(), run.pk)
    assert [one.id for one in runs.latest(me)] == [run.pk]


@pytest.mark.parametrize(
    ("verb", "given", "why"),
    [
        ("merge", {}, "many cases"),
        ("assign", {}, "colleague"),
        ("cancel", {"reason": ""}, "why"),
        ("resolve", {}, "how"),
        ("tag", {"tags": []}, "tag"),
    ],
)
def test_what_is_missing_is_asked_for(
    me: Person, verb: str, given: dict[str, object], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        do(me, verb, [make.case()], **given)
    assert not BulkRun.objects.exists()


def test_too_many_are_refused(me: Person) -> None:
    with pytest.raises(Refused, match="2,000"):
        bulk.start("take", range(1, 2003), given={}, person=me, at=NOW)


def test_old_runs_are_forgotten(me: Person) -> None:
    run = do(me, "take", [make.case()])
    back(run, me)
    assert bulk.forget_old(NOW) == 0
    assert bulk.forget_old(NOW + timedelta(days=31)) == 2
    assert not BulkStep.objects.exists()
