"""Pure rules with facts in memory: decisions and deadlines of one core."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from tests.entitlements.asking import ORDINARY

from bench.figures import Figure, Round, of_rounds
from bench.machine import slowness
from heliodesk.calendars.rules import add
from heliodesk.entitlements.pack.examples import examples_of
from heliodesk.entitlements.pack.shipped import default_name, default_pack
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.rules import decide
from heliodesk.entitlements.simulation import Simulator, request_from

ROUNDS = 5
#: At least 20,000 decisions a second, at most 5 microseconds a deadline.
DECISION_MS, DEADLINE_MS = 0.05, 0.005


def measure() -> list[Figure]:
    """Decide the worked examples over and over, then add business time over and over."""
    simulator = Simulator(default_pack())
    asked = [ORDINARY | dict(one.input) for one in examples_of(default_name())]
    questions = [
        (request_from(a), simulator.ask(a)[1], datetime.fromisoformat(str(a["at"]))) for a in asked
    ]

    def decisions() -> int:
        for _ in range(200):
            for request, policy, at in questions:
                decide(request, policy, at)
        return 200 * len(questions)

    calendar = Policy(default_pack()).place("UK").calendar
    at = datetime(2026, 3, 27, 15, tzinfo=UTC)

    def deadlines() -> int:
        for _ in range(10_000):
            add(calendar, at, 240)
            add(calendar, at, 2400)
        return 20_000

    return [
        _of("decision", decisions, DECISION_MS),
        _of("deadline of 4 and 40 business hours", deadlines, DEADLINE_MS),
    ]


def _of(name: str, work: Callable[[], int], target_ms: float) -> Figure:
    work()
    rounds = []
    for _ in range(ROUNDS):
        slow, begun, used = slowness(), time.perf_counter(), time.process_time()
        count = work()
        took, used = time.perf_counter() - begun, time.process_time() - used
        rounds.append(Round([took / count] * count, took, {"total": used}, slow))
    return of_rounds(name, rounds, target_ms=target_ms)
