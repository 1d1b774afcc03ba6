"""Saved views: who sees and changes which, their pages and counts, and giving up in time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from tests import make
from tests.make import NOW

from heliodesk.cases import queries, views
from heliodesk.cases.access import Hidden
from heliodesk.cases.actions import viewing
from heliodesk.cases.filters import Condition, Group, Plan
from heliodesk.cases.models import CaseField, ListTaste, SavedView
from heliodesk.cases.rules import Refused
from heliodesk.identity.models import Team, TeamMember
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event

pytestmark = pytest.mark.django_db
MINE = Plan("open", (Group("all", (Condition("owner", "is", ("me",)),)),))


def person(role: Role = Role.AGENT) -> Person:
    user = make.user(role=role)
    return Person(user.pk, user.name, user.email, role, "UTC")


def save(who: Person, view: SavedView | None = None, **given: object) -> SavedView:
    words = {"name": "Mine", "plan": MINE, "order": "due", "person": who, "at": NOW, **given}
    return viewing.save_view(view, **words)  # type: ignore[arg-type]  # fields of it by name


def test_who_sees_which() -> None:
    me, mate, stranger = person(), person(), person()
    team = Team.objects.create(code="t", name="T", queues=[])
    for one in (me, mate):
        TeamMember.objects.create(team=team, user_id=one.id)
    own = save(me, name="Own")
    ours = save(me, name="Ours", shared="team", team_id=team.pk)
    everybodys = save(me, name="All", shared="all")
    seen = {who: [view.id for view in views.seen_by(who)] for who in (me, mate, stranger)}
    assert seen[me] == [everybodys.pk, ours.pk, own.pk]
    assert seen[mate] == [everybodys.pk, ours.pk]
    assert seen[stranger] == [everybodys.pk]
    with pytest.raises(Hidden):
        views.find(mate, own.pk)
    assert not views.find(mate, ours.pk).may_edit(mate)
    assert views.find(me, ours.pk).may_edit(me)
    assert views.find(person(Role.ADMIN), everybodys.pk).may_edit(person(Role.ADMIN))
    with pytest.raises(Refused, match="one of your teams"):
        save(stranger, shared="team", team_id=team.pk)


def test_a_view_needs_a_name_and_sense() -> None:
    me = person()
    with pytest.raises(Refused, match="a name"):
        save(me, name=" ")
    with pytest.raises(Refused, match="compared"):
        save(me, plan=Plan("open", (Group("all", (Condition("state", "over"),)),)))
    assert save(me, order="sideways").order == "due"
    assert save(me, plan=Plan("all"), order="due").order == "activity"
    assert save(me, columns=["ref", "no such", "ref"]).columns == ["title", "ref"]


def test_deleted_views_come_back_with_their_pins() -> None:
    me = person()
    view = save(me)
    viewing.pin_view(view.pk, person=me)
    viewing.drop_view(view, by=me.by, at=NOW)
    assert views.seen_by(me) == views.pinned(me) == []
    viewing.restore_view(view, by=me.by, at=NOW)
    assert [one.id for one in views.pinned(me)] == [view.pk]
    verbs = Event.objects.filter(subject_kind="view").values_list("verb", flat=True).order_by("id")
    assert list(verbs) == ["view_added", "view_dropped", "view_restored"]


def test_pins_are_few() -> None:
    me = person()
    made = [save(me, name=f"V{n}") for n in range(views.MOST_PINNED + 1)]
    for view in made[:-1]:
        viewing.pin_view(view.pk, person=me)
    with pytest.raises(Refused, match="Unpin"):
        viewing.pin_view(made[-1].pk, person=me)
    viewing.unpin_view(made[0].pk, person=me)
    viewing.pin_view(made[-1].pk, person=me)


@pytest.mark.parametrize("scope", ["open", "done", "all"])
def test_every_order_pages_through_every_case_once(scope: str) -> None:
    me, account = person(), make.account()
    for n in range(30):
        state = "closed" if n % 2 else "new"
        make.case(account, state=state, urgency=60 + n % 3, resolved_at=NOW, closed_at=NOW,
                  last_activity_at=NOW - timedelta(minutes=n % 4))  # fmt: skip
    wanted = {"open": 15, "done": 15, "all": 30}[scope]
    for by in views.ORDERS[scope]:
        view = views.listed("v", Plan(scope), by, me, NOW)
        seen: list[int] = []
        after: tuple[object, ...] | None = None
        while found := views.page(me, view, after=after, size=7)[:7]:
            seen += [row.id for row in found]
            after = queries.key(view, found[-1])
        assert len(seen) == len(set(seen)) == wanted, by
        assert views.count(me, view) == wanted
        assert views.said(views.count(me, view, most=10), 10) == "10+"


def test_offshore_cases_stay_where_they_are() -> None:
    me = person()
    make.case(offshore=True)
    view = views.listed("v", Plan("all"), "newest", me, NOW)
    assert views.page(me, view) == []
    assert views.count(me, view) == 0
    assert views.count(replace(me, offshore=True), view) == 1


def test_a_view_that_takes_too_long_is_given_up() -> None:
    make.case()
    slow = pytest.raises(views.TooSlow, match="Narrow it")
    with slow, views.limited(30), connection.cursor() as cursor:
        cursor.execute("select pg_sleep(2)")
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        assert cursor.fetchone()[0] == "0"


def test_columns_are_kept_and_forgotten() -> None:
    me = person()
    CaseField.objects.create(code="serial", label="Serial", value="text")
    viewing.choose_columns("mine", columns=["title", "field:serial", "x"], order="", person=me)
    assert views.tastes(me)["mine"].columns == ["title", "field:serial"]
    viewing.choose_columns("mine", columns=list(views.DEFAULT), order="newest", person=me)
    assert views.tastes(me) == {"mine": views.Taste([], "newest")}
    viewing.choose_columns("mine", columns=[], order="", person=me)
    assert not ListTaste.objects.exists()


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = default")
