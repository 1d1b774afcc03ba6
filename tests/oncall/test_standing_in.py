"""Overrides, swaps by two consents, gaps forbidden or alarmed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from heliodesk.journal.record import SYSTEM
from heliodesk.oncall import actions, queries
from heliodesk.oncall.actions import planning, setting_up
from heliodesk.oncall.models import Page, Region, Rota, Shift, Swap
from heliodesk.oncall.rules.coverage import Waking
from heliodesk.oncall.rules.words import Duty, Refused
from tests.make import NOW
from tests.oncall import world

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def primary_at(at: object) -> str:
    found = queries.holder(at)  # type: ignore[arg-type]  # a moment
    return found.name if found else ""


def test_shifts_are_made_ninety_days_ahead_and_written_only_when_they_change() -> None:
    world.desk()
    last = Shift.objects.filter(duty="primary").order_by("-during").first()
    assert last and last.during.upper == NOW + planning.HORIZON
    assert planning.rebuild(NOW) == 0
    kept = set(Shift.objects.values_list("pk", flat=True))
    planning.rebuild(NOW + DAY)
    assert len(kept - set(Shift.objects.values_list("pk", flat=True))) == 0


def test_who_stands_in_is_primary_then_and_the_past_stays() -> None:
    desk = world.desk()
    start = NOW + 2 * HOUR
    row = actions.cover(
        duty=Duty.PRIMARY, region="emea", person_id=desk.second.pk, start=start,
        end=start + HOUR, reason="Dentist", by=world.by(desk.manager), at=NOW,
    )  # fmt: skip
    assert [primary_at(NOW + n * HOUR) for n in (1, 2, 3)] == [
        desk.primary.name, desk.second.name, desk.primary.name,
    ]  # fmt: skip
    actions.end_cover(row, by=world.by(desk.manager), at=start + HOUR / 2)
    assert primary_at(start) == desk.second.name
    assert primary_at(start + 0.75 * HOUR) == desk.primary.name


def test_the_database_refuses_two_primaries_at_one_instant() -> None:
    desk = world.desk()
    region = Region.objects.get(code="amer")
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(
            region=region, duty="primary", person=desk.second,
            during=DateTimeTZRange(NOW, NOW + HOUR),
        )  # fmt: skip


def test_a_swap_holds_when_both_have_agreed() -> None:
    desk = world.desk()
    one, two = desk.engineers["emea"]
    shift = Shift.objects.filter(person=one, during__startswith__gt=NOW).earliest("during")
    back = Shift.objects.filter(person=two, during__startswith__gt=NOW).earliest("during")
    swap = actions.ask_swap(
        shift, asked_id=two.pk, in_return=back, note="", by=world.by(one), at=NOW
    )
    assert primary_at(shift.during.lower) == one.name
    with pytest.raises(Refused, match="Somebody else"):
        actions.take_swap(swap.pk, by=world.by(desk.second), at=NOW)
    with pytest.raises(Refused, match="two"):
        actions.take_swap(swap.pk, by=world.by(one), at=NOW)
    actions.take_swap(swap.pk, by=world.by(two), at=NOW)
    assert primary_at(shift.during.lower) == two.name
    assert primary_at(back.during.lower) == one.name
    with pytest.raises(Refused, match="settled"):
        actions.take_swap(swap.pk, by=world.by(two), at=NOW)
    origins = set(Shift.objects.filter(person=two).values_list("origin", flat=True))
    assert "swap" in origins


def test_nobody_gives_away_what_is_not_theirs_and_old_swaps_expire() -> None:
    from heliodesk.oncall.actions.standing_in import expire_swaps

    desk = world.desk()
    one, two = desk.engineers["emea"]
    shift = Shift.objects.filter(person=one, during__startswith__gt=NOW).earliest("during")
    with pytest.raises(Refused, match="own shift"):
        actions.ask_swap(shift, asked_id=one.pk, in_return=None, note="", by=world.by(two), at=NOW)
    actions.ask_swap(shift, asked_id=None, in_return=None, note="", by=world.by(one), at=NOW)
    assert expire_swaps(shift.during.lower) == 1
    assert Swap.objects.get().state == "expired"


def test_an_edit_that_leaves_p1_with_nobody_is_refused_or_confirmed_and_alarmed() -> None:
    desk = world.desk()
    short = (Waking(127, 8 * 60, 15 * 60),)
    given = {"name": "North America", "zone": "America/New_York", "waking": short, "at": NOW}
    with pytest.raises(Refused, match="nobody would be primary"):
        setting_up.save_region("amer", by=SYSTEM, **given)  # type: ignore[arg-type]  # fields of it by name
    assert queries.holes(NOW, NOW + 14 * DAY) == []
    setting_up.save_region("amer", by=SYSTEM, allow_gap=True, **given)  # type: ignore[arg-type]  # fields of it by name
    gaps = queries.holes(NOW, NOW + 14 * DAY)
    assert gaps and {gap.start.hour for gap in gaps} == {20}
    planning.plan_ahead(NOW)
    alarms = Page.objects.filter(purpose="alarm", person=desk.manager)
    assert alarms.filter(channel="email").count() == len(gaps)
    planning.plan_ahead(NOW + HOUR)
    assert alarms.filter(channel="email").count() == len(gaps)


def test_standing_in_fills_a_gap_while_no_region_is_awake() -> None:
    desk = world.desk(regions=world.REGIONS[:2])
    gap = queries.holes(NOW, NOW + 2 * DAY)[0]
    actions.cover(
        duty=Duty.PRIMARY, region="amer", person_id=desk.second.pk, start=gap.start,
        end=gap.end, reason="", by=world.by(desk.manager), at=NOW,
    )  # fmt: skip
    assert primary_at(gap.start) == desk.second.name
    assert queries.holes(NOW, gap.end) == []


def test_a_rota_without_people_or_zone_is_refused() -> None:
    desk = world.desk()
    given = {"duty": Duty.PRIMARY, "region": "emea", "turn_days": 7, "starts_on": NOW.date()}
    with pytest.raises(Refused, match="needs people"):
        setting_up.save_rota(people=[], zone="UTC", by=SYSTEM, at=NOW, **given)  # type: ignore[arg-type]  # fields of it by name
    with pytest.raises(Refused, match="time zone"):
        setting_up.save_rota(people=[desk.second.pk], zone="Mars/Base", by=SYSTEM, at=NOW, **given)  # type: ignore[arg-type]  # fields of it by name
    with pytest.raises(Refused, match="nobody would be primary"):
        setting_up.end_rota(
            Rota.objects.get(region__code="emea", duty="primary"), by=SYSTEM, at=NOW
        )


def test_engineers_in_the_order_in_which_a_call_rings_them() -> None:
    desk = world.desk()
    line = queries.engineers(NOW, customer_region="UK")
    assert [one.name for one in line][:3] == [
        desk.primary.name, desk.second.name, desk.leads["emea"].name,
    ]  # fmt: skip
    assert line[-1].name == desk.manager.name and all(one.number for one in line)
