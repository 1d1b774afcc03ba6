"""Fields of cases: what a value may be, what a case holds, how lists are narrowed by them."""

from decimal import Decimal

import pytest
from tests import make
from tests.cases.test_actions import by_of
from tests.make import NOW

from heliodesk.cases import actions, fields, kinds
from heliodesk.cases.actions import setting_up
from heliodesk.cases.actions.setting_up import FieldPlan
from heliodesk.cases.fields import Field
from heliodesk.cases.models import Case, CaseField
from heliodesk.cases.rules import Refused, Value
from heliodesk.journal.models import Event
from heliodesk.journal.record import By

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> By:
    return by_of(make.user(role="admin"))


def add(admin: By, label: str, value: str = "text", **more: object) -> Field:
    plan = FieldPlan(label=label, value=value, **more)  # type: ignore[arg-type]  # fields of it by name
    row = setting_up.add_field(plan, by=admin, at=NOW)
    return next(field for field in fields.fields() if field.id == row.pk)


@pytest.mark.parametrize(
    ("value", "typed", "held"),
    [
        ("text", "  Two\nlines ", "Two\nlines"),
        ("number", "3,50", "3.5"),
        ("number", "-1 200", "-1200"),
        ("date", "2026-11-23", "2026-11-23"),
        ("yes_no", "yes", "yes"),
        ("url", "https://desk.example/a?b=1", "https://desk.example/a?b=1"),
    ],
)
def test_what_is_typed_is_held(admin: By, value: str, typed: str, held: str) -> None:
    case, field = make.case(), add(admin, "Field", value)
    actions.fill(case, {field.code: typed}, by=admin, at=NOW)
    assert fields.values(case.pk) == {field.code: held}


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        ("number", "many"), ("number", "1e9"), ("number", "1" * 15), ("date", "23.11.2026"),
        ("yes_no", "maybe"), ("url", "javascript:alert(1)"), ("url", "https://"),
        ("text", "x" * 2001),
    ],
)  # fmt: skip
def test_what_is_no_such_value_is_refused(admin: By, value: str, typed: str) -> None:
    case, field = make.case(), add(admin, "Field", value)
    with pytest.raises(Refused, match="“Field”"):
        actions.fill(case, {field.code: typed}, by=admin, at=NOW)
    assert fields.values(case.pk) == {}


def test_a_change_is_one_event_and_no_change_is_none(admin: By) -> None:
    case = make.case()
    version = add(admin, "Version")
    serial = add(admin, "Serial", "number")
    given = {version.code: "12.4", serial.code: "7"}
    actions.fill(case, given, by=admin, at=NOW)
    actions.fill(case, given, by=admin, at=NOW)
    actions.fill(case, {version.code: ""}, by=admin, at=NOW)
    told = [e.data["values"] for e in Event.objects.filter(verb="fill").order_by("id")]
    assert told == [
        [
            {"field": "version", "label": "Version", "is": "12.4", "was": ""},
            {"field": "serial", "label": "Serial", "is": "7", "was": ""},
        ],
        [{"field": "version", "label": "Version", "is": "", "was": "12.4"}],
    ]
    assert fields.values(case.pk) == {"serial": "7"}
    assert Case.objects.get(pk=case.pk).version == case.version


def test_fields_belong_to_kinds(admin: By) -> None:
    case = make.case()
    field = add(admin, "Return label", kinds=["how_to"])
    with pytest.raises(Refused, match="no field"):
        actions.fill(case, {field.code: "x"}, by=admin, at=NOW)
    case = actions.classify(case, kind="how_to", by=admin, at=NOW)
    actions.fill(case, {field.code: "x"}, by=admin, at=NOW)
    assert [f.code for f in fields.fields(kind="technical")] == []


def test_a_required_field_holds_the_case_of_the_desk_only(admin: By) -> None:
    field = add(admin, "Root cause", required=True)
    case = actions.take(make.case(), by=admin, at=NOW)
    with pytest.raises(Refused, match=r"fill in “Root cause”\.$"):
        actions.resolve(case, text="Done.", by=admin, at=NOW)
    other = actions.take(make.case(), by=admin, at=NOW)
    customer = By("contact", 1, "Mara Lind")
    assert actions.settle(other, text="It works.", by=customer, at=NOW).state == "closed"
    actions.fill(case, {field.code: "A loose cable"}, by=admin, at=NOW)
    assert actions.resolve(case, text="Done.", by=admin, at=NOW).state == "resolved"


def test_lists_are_narrowed_by_fields(admin: By) -> None:
    number, day = add(admin, "Seats", "number"), add(admin, "Go-live", "date")
    choice = add(admin, "Plan", "choice", choices=["Small", "Large"])
    cases = [make.case() for _ in range(3)]
    for case, seats, on in zip(
        cases, ("9", "10", ""), ("2026-01-31", "", "2026-02-01"), strict=True
    ):
        actions.fill(case, {number.code: seats, day.code: on}, by=admin, at=NOW)
    actions.fill(cases[0], {choice.code: "Large"}, by=admin, at=NOW)

    def found(field: Field, comparison: str, text: str = "") -> list[int]:
        where, params = fields.condition(field, comparison, text)
        rows = Case.objects.raw(f"select c.* from cases_case c where {where} order by c.id", params)
        return [cases.index(row) for row in rows]

    assert found(number, "at_least", "10") == [1]
    assert found(number, "is", "9,0") == [0]
    assert found(number, "is_not", "9") == [1, 2]
    assert found(number, "unset") == [2]
    assert found(day, "at_most", "2026-01-31") == [0]
    assert found(choice, "is", "Large") == [0]
    assert found(choice, "set") == [0]
    with pytest.raises(Refused, match="cannot be compared"):
        fields.condition(choice, "contains", "arg")
    assert set(fields.COMPARISONS) == set(Value)


def test_fields_are_administered(admin: By) -> None:
    field = add(admin, "Seats", "number")
    with pytest.raises(Refused, match="already"):
        add(admin, "seats")
    with pytest.raises(Refused, match="one a line"):
        add(admin, "Colour", "choice", choices=["", " "])
    case, row = make.case(), CaseField.objects.get(pk=field.id)
    actions.fill(case, {field.code: "4"}, by=admin, at=NOW)
    with pytest.raises(Refused, match="Retire it"):
        setting_up.change_field(row, FieldPlan(label="Seats", value="text"), by=admin, at=NOW)
    plan = FieldPlan(label="Places", value="number", active=False)
    setting_up.change_field(row, plan, by=admin, at=NOW)
    assert fields.fields() == []
    assert [f.label for f in fields.fields(retired=True)] == ["Places"]
    assert fields.values_of([case.pk])[case.pk] == {"seats": "4"}
    assert add(admin, "Seats").code == "seats_2"


def test_types_are_added_and_retired(admin: By) -> None:
    row = setting_up.add_type(name="Hardware return", treated_as="how_to", by=admin, at=NOW)
    case = actions.classify(make.case(), kind=row.code, by=admin, at=NOW)
    assert (case.kind, kinds.name(case.kind)) == ("hardware_return", "Hardware return")
    assert kinds.treated_as(case.kind) == "how_to"
    setting_up.change_type(row, name="Return", treated_as="how_to", active=False, by=admin, at=NOW)
    assert kinds.name(case.kind) == "Return"
    with pytest.raises(Refused, match="what kind"):
        actions.classify(make.case(), kind=row.code, by=admin, at=NOW)
    with pytest.raises(Refused, match="already"):
        setting_up.add_type(name="return", treated_as="technical", by=admin, at=NOW)


def test_numbers_are_numbers(admin: By) -> None:
    case, field = make.case(), add(admin, "Seats", "number")
    actions.fill(case, {field.code: "0"}, by=admin, at=NOW)
    assert case.field_values.get().number == Decimal(0)
