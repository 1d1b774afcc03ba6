"""Where a case goes: the first rule that fits, never over the data boundary."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliodesk.routing.rules import Facts, Rule, route

CASE = Facts("UK", "email_tracking", "P3", "gold", offshore=False, queue="frontline-uk")
SIDES = {"tracking": (False,), "offshore": (True,), "both": (True, False)}
WORDS = st.sampled_from(["", "UK", "NZ", "P1", "P3", "gold", "tracking", "offshore", "both"])


def test_without_rules_a_case_stays() -> None:
    assert route(CASE, [], {}).queue == "frontline-uk"


def test_the_first_rule_that_fits_decides() -> None:
    rules = [
        Rule("Priority one", priority="P1", queue="p1"),
        Rule("Traces", kind="email_tracking", queue="tracking", skill="traces"),
        Rule("United Kingdom", region="UK", queue="both"),
    ]
    found = route(CASE, rules, SIDES)
    assert (found.queue, found.skill, found.by) == ("tracking", "traces", ("Traces",))
    assert route(replace(CASE, kind="technical"), rules, SIDES).queue == "both"


def test_skill_and_queue_may_come_from_two_rules() -> None:
    rules = [Rule("Gold", package="gold", skill="senior"), Rule("UK", region="UK", queue="both")]
    found = route(CASE, rules, SIDES)
    assert (found.queue, found.skill, found.by) == ("both", "senior", ("Gold", "UK"))


def test_no_rule_carries_a_case_over_the_boundary() -> None:
    everything = [Rule("All", queue="offshore"), Rule("Rest", queue="tracking")]
    assert route(CASE, everything, SIDES).queue == "tracking"
    beyond = replace(CASE, offshore=True, queue="offshore")
    assert route(beyond, everything[1:], SIDES).queue == "offshore"


# A busy machine is slow to draw examples, too.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rules=st.lists(
        st.builds(
            Rule, name=WORDS, region=WORDS, kind=WORDS, priority=WORDS, package=WORDS, queue=WORDS
        ),
        max_size=6,
    ),
    offshore=st.booleans(),
)
def test_never_over_the_boundary_whatever_the_rules(rules: list[Rule], offshore: bool) -> None:
    case = replace(CASE, offshore=offshore, queue="both")
    worked = SIDES.get(route(case, rules, SIDES).queue)
    assert worked is None or offshore in worked
