"""Tags: on cases, through the table of steps; renamed, retired, merged."""

import pytest
from tests import make
from tests.make import NOW

from heliodesk.cases import actions, tags
from heliodesk.cases.models import Case, Tag
from heliodesk.cases.rules import Refused
from heliodesk.journal.models import Event
from heliodesk.journal.record import By

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    tags.forget()


@pytest.fixture
def by() -> By:
    user = make.user(name="Priya Nadar", role="admin")
    return By("user", user.pk, user.name, user.role)


def tag(name: str, by: By) -> Tag:
    row = actions.add_tag(name=name, hue=3, by=by, at=NOW)
    tags.forget()
    return row


def names(case: Case) -> list[str]:
    tags.forget()
    return [one.name for one in tags.of(Case.objects.get(pk=case.pk).tags)]


def test_tags_are_put_on_and_taken_off(by: By) -> None:
    case, billing, outage = make.case(), tag("billing", by), tag("outage", by)
    actions.tag(case, add=[billing.pk, outage.pk], by=by, at=NOW)
    assert names(case) == ["billing", "outage"]
    after = actions.tag(case, remove=[billing.pk], by=by, at=NOW)
    assert names(case) == ["outage"]
    assert after.version == case.version + 2
    event = Event.objects.filter(subject_kind="case", subject_id=case.pk).last()
    assert event is not None
    assert (event.verb, event.data["removed"]) == ("tag", ["billing"])


def test_what_changes_nothing_is_refused(by: By) -> None:
    case, billing = make.case(), tag("billing", by)
    actions.tag(case, add=[billing.pk], by=by, at=NOW)
    with pytest.raises(Refused, match="already"):
        actions.tag(case, add=[billing.pk], by=by, at=NOW)
    with pytest.raises(Refused, match="no such tag"):
        actions.tag(case, add=[billing.pk + 999], by=by, at=NOW)
    many = [tag(f"t{n}", by).pk for n in range(tags.MOST_ON_A_CASE)]
    with pytest.raises(Refused, match="at most 20"):
        actions.tag(case, add=many, by=by, at=NOW)
    assert names(case) == ["billing"]


def test_a_retired_tag_stays_and_is_offered_no_more(by: By) -> None:
    case, billing = make.case(), tag("billing", by)
    actions.tag(case, add=[billing.pk], by=by, at=NOW)
    actions.retire_tag(billing, retired=True, by=by, at=NOW)
    assert names(case) == ["billing"]
    assert tags.offered() == []
    with pytest.raises(Refused, match="retired"):
        actions.tag(make.case(), add=[billing.pk], by=by, at=NOW)


def test_a_merged_tag_is_the_other_at_once_and_in_the_rows_by_and_by(by: By) -> None:
    billing, invoice = tag("billing", by), tag("invoice", by)
    both, one = make.case(tags=[billing.pk, invoice.pk]), make.case(tags=[invoice.pk])
    actions.merge_tag(invoice, into=billing, by=by, at=NOW)
    assert names(both) == names(one) == ["billing"]
    assert tags.lineage([billing.pk]) == sorted([billing.pk, invoice.pk])
    assert tags.named(["INVOICE", "nothing"]) == ([tags.known()[billing.pk]], ["nothing"])
    assert actions.settle_merged(NOW) == 2
    assert Case.objects.get(pk=both.pk).tags == Case.objects.get(pk=one.pk).tags == [billing.pk]
    assert actions.settle_merged(NOW) == 0


def test_names_are_taken_once(by: By) -> None:
    row = tag("Billing", by)
    with pytest.raises(Refused, match="already"):
        tag("billing", by)
    with pytest.raises(Refused, match="name"):
        tag(" , ", by)
    actions.change_tag(row, name="invoices", hue=11, by=by, at=NOW)
    tags.forget()
    assert tags.known()[row.pk][:3] == (row.pk, "invoices", 11)
    with pytest.raises(Refused, match="colours"):
        actions.change_tag(row, name="invoices", hue=12, by=by, at=NOW)
