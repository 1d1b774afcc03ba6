"""A major incident with many cases: each question and each batch comes by an index."""

from collections.abc import Callable
from copy import copy
from typing import TypeVar

import pytest
from django.db import connection
from django.db.models import Model
from django.db.models.base import ModelState

from heliodesk.cases.models import Case
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role
from heliodesk.incidents import actions, facts, front, queries
from heliodesk.incidents.actions.declaring import Known
from heliodesk.incidents.models import Delivery, Incident, LinkedCase, Update
from heliodesk.journal.record import By
from heliodesk.oncall.models import MajorIncident
from tests import make
from tests.make import NOW
from tests.plans.watching import Watch

pytestmark = pytest.mark.django_db
LINKED = 30
PAST = 40
Row = TypeVar("Row", bound=Model)


@pytest.fixture
def person(crowd: None) -> Person:
    """A lead who sees every case."""
    user = make.user(role="lead", name="Lena Lead")
    return Person(user.pk, user.name, user.email, Role.LEAD, "UTC", offshore=True)


@pytest.fixture
def by(person: Person) -> By:
    """The lead, as the doer."""
    return By("user", person.id, person.name, "lead")


@pytest.fixture
def incident(person: Person, by: By) -> Incident:
    """An incident with some cases, told of once."""
    found = actions.declare(Known("Mail to outside is delayed"), by=by, at=NOW)
    account = make.account(name="Northwind", package="gold", identifier="10-2233-0012345")
    contact = make.contact(account, name="Mara", address="mara@northwind.example")
    mailbox = make.mailbox()
    ids = [make.case(account, contact, mailbox=mailbox).pk for _ in range(LINKED)]
    actions.link(found, ids, by=by, at=NOW)
    actions.write_update(found, {"": "We are on it."}, key="first", by=by, at=NOW)
    assert (found.cases.count(), Delivery.objects.count()) == (LINKED, LINKED)
    _past_ones(found, besides=ids)
    return found


def _past_ones(like: Incident, *, besides: list[int]) -> None:
    """Others with cases of their own, known to the planner: it must not guess what is in there."""
    [told] = like.updates.all()
    majors = MajorIncident.objects.bulk_create(_new(like.major) for _ in range(PAST))
    past = Incident.objects.bulk_create(_new(like, major=one) for one in majors)
    updates = Update.objects.bulk_create(
        _new(told, incident=one, key=f"past {n}", done_at=NOW) for n, one in enumerate(past)
    )
    cases = Case.objects.exclude(pk__in=besides).order_by("-pk")[: PAST * LINKED // 2]
    [first, *_] = like.cases.all()
    LinkedCase.objects.bulk_create(
        _new(first, incident=past[n % PAST], case=one) for n, one in enumerate(cases)
    )
    [brought, *_] = told.deliveries.all()
    Delivery.objects.bulk_create(
        _new(brought, update=updates[n % PAST], case=one, state="done")
        for n, one in enumerate(cases)
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def _new(row: Row, **given: object) -> Row:
    """The same once more, but for what is given."""
    made = copy(row)
    made.pk, made._state = None, ModelState()
    for name, value in given.items():
        setattr(made, name, value)
    return made


Question = Callable[[Incident, Person], object]
QUESTIONS: dict[str, Question] = {
    "the list": lambda _incident, person: queries.open_rows(person),
    "what is over": lambda incident, person: queries.past_rows(person, below=incident.pk),
    "all for a file": lambda incident, person: queries.all_rows(person, below=incident.pk + 1),
    "its cases": lambda incident, person: queries.linked(incident.pk, person, after=1),
    "whom it touches": lambda incident, person: queries.affected(incident.pk, person),
    "how many": lambda incident, person: queries.counted(incident.pk, person),
    "languages": lambda incident, _person: queries.languages(incident.pk, ["gold"]),
    "what was told": lambda incident, _person: queries.updates(incident.pk),
    "one update": lambda incident, _person: queries.sent(incident.pk, incident.updates.get().pk),
    "an update by its key": lambda _incident, _person: queries.update_with("first"),
    "whom it did not reach": lambda incident, person: queries.not_reached(
        incident.updates.get().pk, person
    ),
    "when the next is due": lambda incident, _person: facts.due(incident),
    "the incident of a case": lambda incident, _person: queries.of_case(_a_case(incident)),
    "what a customer reads": lambda incident, _person: front.of_case(_a_case(incident)),
    "what everybody reads": lambda _incident, _person: front.published("UK"),
    "cases by reference": lambda incident, person: queries.refs_of(
        person, [*queries.ids_of(person, ["10000018", "10000026"]), _a_case(incident)]
    ),
}


def _a_case(incident: Incident) -> int:
    return int(incident.cases.order_by("pk").values_list("case_id", flat=True)[0])


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question(incident: Incident, person: Person, watch: Watch, name: str) -> None:
    watch.begin()
    QUESTIONS[name](incident, person)
    assert watch.count
    assert watch.read_whole() == []


def test_cases_that_may_belong_to_it_are_looked_for_among_the_newest_only(
    incident: Incident, person: Person, watch: Watch
) -> None:
    watch.begin()
    queries.like(incident, person)
    [asked] = {one.query for one in watch.asked if "to_tsquery" in one.query}
    assert "from cases_case order by id desc limit 2000" in asked
    assert watch.read_whole() == []


def test_an_update_is_written_in_few_statements_and_brought_by_indexes(
    incident: Incident, by: By, watch: Watch
) -> None:
    watch.begin()
    actions.write_update(incident, {"": "Nearly there."}, key="second", by=by, at=NOW)
    assert watch.count < LINKED // 2
    assert watch.read_whole() == []
    assert actions.deliver(NOW) >= 2 * LINKED
    assert watch.read_whole() == []
    assert not Delivery.objects.filter(state="waiting").exists()
