"""Which cases a view holds: every comparison against rows, faults in words, values never in SQL."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from tests import make
from tests.make import NOW

from heliodesk.cases import filters, tags
from heliodesk.cases.filters import Condition, Ground, Group, Plan
from heliodesk.cases.models import CaseField, CaseValue, Tag
from heliodesk.cases.rules import Refused
from heliodesk.cases.views import ground
from heliodesk.identity.models import Team, TeamMember
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role

HOUR = timedelta(hours=1)


def plan(*conditions: Condition, match: str = "all", scope: str = "all") -> Plan:
    return Plan(scope, (Group(match, conditions),))


def person(**fields: object) -> Person:
    user = make.user(**fields)  # type: ignore[arg-type]  # fields of it by name
    return Person(user.pk, user.name, user.email, Role.AGENT, "Europe/Berlin", queues=("emea",))


def refs(asked: Plan, who: Person) -> set[str]:
    sql, params = filters.where(asked, ground(who, NOW, asked))
    with connection.cursor() as cursor:
        cursor.execute(f"select c.title from cases_case c where {sql}", params)
        return {row[0] for row in cursor.fetchall()}


@pytest.fixture
def desk(db: None) -> Person:
    tags.forget()
    me, other = person(), make.user(name="Ben")
    north = make.account(name="Northwind 100%", identifier="10-0000-0000001", region="UK")
    south = make.account(name="Southwind", region="NA")
    mara = make.contact(north, name="Mara Lind", address="mara@northwind.example")
    billing, money = Tag.objects.create(name="billing"), Tag.objects.create(name="money")
    old = Tag.objects.create(name="old", merged_into=money)
    owner = make.user().__class__.objects.get(pk=me.id)
    make.case(north, mara, title="a", state="assigned", owner=owner, priority="P2",
              tags=[billing.pk], due_at=NOW + 3 * HOUR, opened_at=NOW - 26 * HOUR,
              last_activity_at=NOW - HOUR)  # fmt: skip
    make.case(south, title="b", state="new", queue="us", due_at=NOW - HOUR, package="silver",
              opened_at=NOW - 200 * HOUR, tags=[billing.pk, old.pk])  # fmt: skip
    make.case(south, title="c", state="closed", owner=other, channel="phone", kind="how_to",
              resolved_at=NOW - 5 * HOUR, closed_at=NOW, opened_at=NOW - 300 * HOUR)  # fmt: skip
    return me


def tag(name: str) -> str:
    return str(Tag.objects.get(name=name).pk)


CASES = [
    (("state", "is", "assigned", "new"), "ab"),
    (("state", "is_not", "assigned", "new"), "c"),
    (("priority", "is", "P2"), "a"),
    (("package", "is", "silver"), "b"),
    (("region", "is", "UK"), "a"),
    (("region", "is_not", "UK"), "bc"),
    (("owner", "is", "me"), "a"),
    (("owner", "is", "nobody"), "b"),
    (("owner", "is", "me", "nobody"), "ab"),
    (("owner", "is_not", "me"), "bc"),
    (("owner", "is_not", "nobody"), "ac"),
    (("team", "is", "mine"), "ac"),
    (("queue", "is", "us"), "b"),
    (("kind", "is", "how_to"), "c"),
    (("channel", "is", "phone"), "c"),
    (("account", "contains", "wind"), "abc"),
    (("account", "contains", "100%"), "a"),
    (("account", "contains", "10-0000-0000001"), "a"),
    (("account", "contains_not", "north"), "bc"),
    (("contact", "contains", "mara@"), "a"),
    (("contact", "contains_not", "mara"), "bc"),
    (("title", "contains", "A"), "a"),
    (("title", "contains", "_"), ""),
    (("opened", "in_the_last", "2", "days"), "a"),
    (("opened", "longer_ago", "1", "weeks"), "bc"),
    (("opened", "from", "2026-11-22"), "a"),
    (("opened", "until", "2026-11-15"), "bc"),
    (("activity", "in_the_last", "90", "minutes"), "a"),
    (("due", "in_the_next", "4", "hours"), "a"),
    (("due", "passed"), "b"),
    (("due", "unset"), "c"),
    (("due", "set"), "ab"),
    (("due", "from", "2026-11-23"), "ab"),
    (("resolved", "set"), "c"),
    (("resolved", "unset"), "ab"),
    (("resolved", "in_the_last", "1", "days"), "c"),
]


@pytest.mark.parametrize(("asked", "held"), CASES)
def test_each_comparison(desk: Person, asked: tuple[str, ...], held: str) -> None:
    one = plan(Condition(asked[0], asked[1], asked[2:]))
    assert filters.faults(one) == []
    assert refs(one, desk) == set(held)


def test_tags_of_any_age(desk: Person) -> None:
    billing, money = tag("billing"), tag("money")
    for how, values, held in (
        ("has_any", [billing], "ab"),
        ("has_any", [money], "b"),
        ("has_all", [billing, money], "b"),
        ("has_none", [money], "ac"),
        ("has_none", [billing, money], "c"),
    ):
        assert refs(plan(Condition("tags", how, tuple(values))), desk) == set(held), (how, values)


def test_a_team_by_its_queues(desk: Person) -> None:
    team = Team.objects.create(code="us", name="US", queues=["us"])
    TeamMember.objects.create(team=team, user_id=desk.id)
    assert refs(plan(Condition("team", "is", (str(team.pk),))), desk) == {"b"}
    assert refs(plan(Condition("team", "is", (str(team.pk), "mine"))), desk) == {"a", "b", "c"}


def test_groups_hold_together(desk: Person) -> None:
    either = Group("any", (Condition("priority", "is", ("P2",)), Condition("due", "passed")))
    waiting = Group("all", (Condition("owner", "is", ("nobody",)),))
    assert refs(Plan("all", (either,)), desk) == {"a", "b"}
    assert refs(Plan("all", (either, waiting)), desk) == {"b"}
    assert refs(Plan("open", ()), desk) == {"a", "b"}
    assert refs(Plan("done", (Group("all", ()),)), desk) == {"c"}


def test_fields_of_administrators(desk: Person) -> None:
    field = CaseField.objects.create(code="serial", label="Serial", value="text")
    case = make.case(title="d")
    CaseValue.objects.create(case=case, field=field, text="XK-1")
    assert refs(plan(Condition("field:serial", "is", ("xk-1",))), desk) == {"d"}
    assert refs(plan(Condition("field:serial", "unset")), desk) == {"a", "b", "c"}
    with pytest.raises(Refused, match="no more"):
        refs(plan(Condition("field:gone", "is", ("1",))), desk)
    assert filters.faults(plan(Condition("field:gone", "is")), {"serial": ("is",)})


@pytest.mark.parametrize(
    "one",
    [
        Condition("c.ref", "is", ("x",)),
        Condition("state", "contains", ("x",)),
        Condition("state", "is"),
        Condition("state", "is", ("",)),
        Condition("title", "contains", ("x" * 201,)),
        Condition("owner", "is", ("1 or true",)),
        Condition("tags", "has_any", ("x",)),
        Condition("tags", "has_any", ("99999999999",)),
        Condition("opened", "in_the_last", ("-1", "days")),
        Condition("opened", "in_the_last", ("3", "centuries")),
        Condition("opened", "in_the_last", ("99999999", "days")),
        Condition("opened", "from", ("yesterday",)),
        Condition("opened", "from", ("0001-01-01",)),
        Condition("state", "is", tuple("abcdefgh" * 8)),
    ],
)
def test_what_cannot_be_compared_is_said(one: Condition) -> None:
    assert filters.faults(plan(one))


def test_too_much_is_said() -> None:
    many = tuple(Condition("due", "passed") for _ in range(17))
    assert filters.faults(plan(*many))
    assert filters.faults(Plan("open", (Group("all", ()),) * 5))
    assert filters.faults(Plan("some"))
    assert filters.faults(plan(Condition("due", "passed"), match="none"))


def test_values_never_stand_in_the_sql() -> None:
    evil = "'; drop table cases_case; --"
    asked = plan(
        *(Condition(fact, "is", (evil,)) for fact in ("state", "queue", "kind", "region")),
        *(Condition(fact, "contains", (evil,)) for fact in ("title", "account", "contact")),
    )
    bare = Ground(1, (), NOW, ZoneInfo("UTC"))
    sql, params = filters.where(asked, bare)
    assert "drop" not in sql
    assert sql.count("%s") == len(params)


def test_a_view_is_stored_and_read_again() -> None:
    asked = plan(Condition("owner", "is", ("me", "3")), Condition("due", "passed"), match="any")
    assert filters.read("all", filters.written(asked)) == asked
    assert filters.is_personal(asked)
    assert not filters.is_personal(plan(Condition("owner", "is", ("nobody",))))
    assert filters.read("open", "nonsense") == Plan("open")
    assert filters.read("open", [{"match": "all", "conditions": [7, {"values": 3}]}]) == Plan(
        "open", (Group("all", ()),)
    )
