"""Handover at a shift's end: asked, noted, accepted case by case; one owner always (G9)."""

from datetime import timedelta

import pytest

from heliodesk.oncall import actions, queries
from heliodesk.oncall.actions import handing_over, paging
from heliodesk.oncall.models import P1, Handover, Ownership, Page
from heliodesk.oncall.rules.words import How, Refused
from tests.make import NOW
from tests.oncall import world

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk() -> world.Desk:
    return world.desk()


@pytest.fixture
def p1(desk: world.Desk) -> P1:
    """Taken by the primary of London, whose shift ends at 20:00."""
    found = world.p1(flags=("follow_the_sun",))
    actions.take(found.pk, person_id=desk.primary.pk, how=How.BUTTON, at=NOW)
    actions.engage(found.pk, how="call", by=world.by(desk.primary), at=NOW + MINUTE)
    return found


END = NOW.replace(hour=20)


def test_asked_half_an_hour_before_and_once(desk: world.Desk, p1: P1) -> None:
    assert handing_over.ask_due(END - 31 * MINUTE) == 0
    assert handing_over.ask_due(END - 30 * MINUTE) == 1
    assert handing_over.ask_due(END - 29 * MINUTE) == 0
    row = Handover.objects.get()
    assert (row.giver, row.taker, row.ends_at) == (desk.primary, desk.engineers["amer"][0], END)
    asked = Page.objects.filter(purpose="handover").values_list("person__name", flat=True)
    assert set(asked) == {row.giver.name, row.taker.name}


def test_accepted_only_with_a_note_and_by_who_was_asked(desk: world.Desk, p1: P1) -> None:
    handing_over.ask_due(END - 30 * MINUTE)
    row = Handover.objects.get()
    giver, taker = world.by(row.giver), world.by(row.taker)
    with pytest.raises(Refused, match="no note yet"):
        actions.accept(row.pk, by=taker, at=END)
    actions.write_note(row.pk, note="Two relays are back.", by=giver, at=END)
    with pytest.raises(Refused, match="was asked"):
        actions.accept(row.pk, by=world.by(desk.second), at=END)
    p1.refresh_from_db()
    assert p1.owner == desk.primary
    actions.accept(row.pk, by=taker, at=END + MINUTE)
    p1.refresh_from_db()
    p1.case.refresh_from_db()
    assert p1.owner == row.taker == p1.case.owner and p1.state == "engaged"
    owners = list(Ownership.objects.filter(p1=p1).order_by("since").values_list("person", "until"))
    assert owners == [(desk.primary.pk, END + MINUTE), (row.taker_id, None)]


def test_not_accepted_in_ten_minutes_pages_the_next_step_and_keeps_the_owner(
    desk: world.Desk, p1: P1
) -> None:
    handing_over.ask_due(END - 30 * MINUTE)
    assert handing_over.chase_late(END + 9 * MINUTE) == 0
    assert handing_over.chase_late(END + 10 * MINUTE) == 1
    p1.refresh_from_db()
    assert (p1.state, p1.owner) == ("triggered", desk.primary)
    assert paging.fire_due(END + 10 * MINUTE) == 1
    paged = Page.objects.filter(p1=p1, purpose="page").values_list("person__name", flat=True)
    assert desk.engineers["amer"][0].name in paged


def test_without_follow_the_sun_the_work_stays_where_it_is(desk: world.Desk) -> None:
    found = world.p1()
    actions.take(found.pk, person_id=desk.primary.pk, how=How.BUTTON, at=NOW)
    assert handing_over.ask_due(END - 10 * MINUTE) == 0


def test_declined_the_owner_asks_somebody_else(desk: world.Desk, p1: P1) -> None:
    handing_over.ask_due(END - 30 * MINUTE)
    row = Handover.objects.get()
    actions.decline(row.pk, by=world.by(row.taker), at=END - 20 * MINUTE)
    with pytest.raises(Refused, match="handover note"):
        actions.hand_over(
            p1.pk, taker_id=desk.second.pk, note=" ", by=world.by(desk.primary), at=END
        )
    again = actions.hand_over(
        p1.pk, taker_id=desk.second.pk, note="All is said.", by=world.by(desk.primary), at=END
    )
    actions.accept(again.pk, by=world.by(desk.second), at=END + MINUTE)
    p1.refresh_from_db()
    assert p1.owner == desk.second


def test_at_each_seam_of_three_years_there_is_one_primary(desk: world.Desk) -> None:
    from heliodesk.oncall.actions import planning

    for days in range(0, 400, 60):
        at = NOW + timedelta(days=days)
        planning.rebuild(at)
        assert queries.holes(at, at + planning.HORIZON - timedelta(days=1)) == []
        for seam in queries.coming(at, 12):
            holding = [s for s in queries.on_call(seam.start) if s.duty == "primary"]
            assert [s.start for s in holding] == [seam.start]
