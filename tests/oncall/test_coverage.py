"""Coverage compiled to UTC, and whose turn it is, over every change of clocks (G9)."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliodesk.oncall.rules.coverage import Awake, Hold, Span, Waking, awake, gaps, holds, share
from heliodesk.oncall.rules.rotas import Planned, Slot, Stand, Turns, planned, turns_of
from heliodesk.oncall.rules.words import Duty

ZONES = {
    "UK": "Europe/London",
    "NA": "America/New_York",
    "ZA": "Africa/Johannesburg",
    "AU": "Australia/Sydney",
    "NZ": "Pacific/Auckland",
    "SG": "Asia/Singapore",
    "OFF": "Europe/Jersey",
}
WAKING = (Waking(127, 8 * 60, 20 * 60),)
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
YEAR = datetime(2027, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def regions(*codes: str, waking: tuple[Waking, ...] = WAKING) -> list[Awake]:
    return [Awake(code, ZONES[code], waking) for code in codes]


def spans(found: list[Hold]) -> list[Span]:
    return [Span(one.start, one.end) for one in found]


@pytest.mark.parametrize("codes", [("UK", "NA", "AU"), ("UK", "NA", "SG"), ("ZA", "NA", "NZ")])
def test_three_regions_cover_every_minute_of_2026_to_2028(codes: tuple[str, ...]) -> None:
    found = spans(holds(regions(*codes), START, END))
    assert gaps(found, START, END) == []
    assert share(found, START, END) == 1.0


def test_others_leave_the_gaps_that_were_measured() -> None:
    nz = gaps(spans(holds(regions("UK", "NA", "NZ"), START, YEAR)), START, YEAR)
    assert (len(nz), {gap.end - gap.start for gap in nz}) == (155, {HOUR})
    assert share(spans(holds(regions("UK", "NA"), START, YEAR)), START, YEAR) == pytest.approx(
        0.705, abs=0.002
    )


def test_business_hours_alone_cover_less_than_three_quarters_of_a_year() -> None:
    business = (Waking(31, 8 * 60, 18 * 60),)
    found = spans(holds(regions(*ZONES, waking=business), START, YEAR))
    assert 0.70 < share(found, START, YEAR) < 0.80
    assert max(gap.end - gap.start for gap in gaps(found, START, YEAR)) > 40 * HOUR


@pytest.mark.parametrize("codes", [("UK", "NA", "AU"), tuple(ZONES)])
def test_at_every_instant_one_region_holds_p1(codes: tuple[str, ...]) -> None:
    found = holds(regions(*codes), START, END)
    for left, right in pairwise(found):
        assert left.end == right.start and left.region != right.region
    assert found[0].start == START and found[-1].end == END


@given(st.integers(0, int((END - START).total_seconds()) - 1))
@settings(max_examples=400, deadline=None)
def test_the_holder_is_awake_by_the_clock_on_the_wall(second: int) -> None:
    at = START + timedelta(seconds=second)
    day = timedelta(days=1)
    order = regions("UK", "NA", "AU")
    found = [h for h in holds(order, at - day, at + day) if h.start <= at < h.end]
    assert len(found) == 1
    up = [r.code for r in order if 8 <= at.astimezone(_zone(r.code)).hour < 20]
    assert found[0].region == up[0]


def _zone(code: str) -> ZoneInfo:
    return ZoneInfo(ZONES[code])


def test_the_night_clocks_change_a_shift_is_an_hour_longer_or_shorter() -> None:
    night = (Waking(127, 20 * 60, 8 * 60),)
    [spring] = [s for s in awake(Awake("UK", ZONES["UK"], night), *_around(2026, 3, 28))
                if s.start.day == 28]  # fmt: skip
    assert spring.end - spring.start == 11 * HOUR
    [autumn] = [s for s in awake(Awake("UK", ZONES["UK"], night), *_around(2026, 10, 24))
                if s.start.day == 24]  # fmt: skip
    assert autumn.end - autumn.start == 13 * HOUR


def _around(year: int, month: int, day: int) -> tuple[datetime, datetime]:
    at = datetime(year, month, day, tzinfo=UTC)
    return at - timedelta(days=1), at + timedelta(days=3)


def test_people_of_a_region_may_be_off_on_its_holidays() -> None:
    christmas = date(2026, 12, 25)
    waking = (Waking(127, 480, 1200, on_holidays=False),)
    region = Awake("UK", ZONES["UK"], waking, lambda day: day == christmas)
    found = awake(region, datetime(2026, 12, 24, tzinfo=UTC), datetime(2026, 12, 27, tzinfo=UTC))
    assert [span.start.day for span in found] == [24, 26]


def turns(*people: int, days: int = 7) -> Turns:
    return Turns(ZONES["NA"], date(2026, 1, 5), days, 0, people)


@pytest.mark.parametrize("code", ZONES)
def test_turns_follow_each_other_without_a_gap_over_three_years(code: str) -> None:
    rota = Turns(ZONES[code], date(2026, 1, 5), 7, 9 * 60, (1, 2, 3))
    begin = datetime(2026, 2, 1, tzinfo=UTC)
    found = turns_of(rota, begin, END)
    assert found[0][0].start == begin and found[-1][0].end == END
    for (left, first), (right, second) in pairwise(found):
        assert left.end == right.start
        assert second == first % 3 + 1


def test_a_shift_stays_with_whom_it_began() -> None:
    start = datetime(2026, 11, 22, 20, tzinfo=UTC)
    slot = Slot(Duty.PRIMARY, "NA", start, start + 6 * HOUR)
    [shift] = planned([slot], turns(1, 2, days=1), ())
    assert (shift.start, shift.end) == (slot.start, slot.end)


def test_who_stands_in_goes_before_the_rota_and_a_later_one_before_an_earlier() -> None:
    start = datetime(2026, 11, 23, 8, tzinfo=UTC)
    slot = Slot(Duty.PRIMARY, "UK", start, start + 12 * HOUR)
    stands = [
        Stand(Duty.PRIMARY, "UK", start + 2 * HOUR, start + 6 * HOUR, 8),
        Stand(Duty.PRIMARY, "UK", start + 4 * HOUR, start + 5 * HOUR, 9),
        Stand(Duty.PRIMARY, "NA", start, start + 12 * HOUR, 7),
    ]
    found = planned([slot], turns(1), stands)
    assert [(p.person, (p.end - p.start) // HOUR) for p in found] == [
        (1, 2), (8, 2), (9, 1), (8, 1), (1, 6),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 47), st.integers(1, 20), st.integers(1, 5)), max_size=6))
@settings(deadline=None)
def test_whoever_stands_in_a_slot_is_filled_whole_and_once(
    given_: list[tuple[int, int, int]],
) -> None:
    start = datetime(2026, 10, 24, 20, tzinfo=UTC)
    slot = Slot(Duty.SECONDARY, None, start, start + 48 * HOUR)
    stands = [
        Stand(Duty.SECONDARY, None, start + a * HOUR, start + (a + b) * HOUR, who)
        for a, b, who in given_
    ]
    found: list[Planned] = planned([slot], turns(1, 2), stands)
    assert gaps([Span(p.start, p.end) for p in found], slot.start, slot.end) == []
    for left, right in pairwise(found):
        assert left.end <= right.start
