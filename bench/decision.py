"""How many decisions and deadlines one core makes in a second: ``python -m bench.decision``."""

import time
from datetime import UTC, datetime

from tests.entitlements.asking import ORDINARY

from heliodesk.calendars.rules import add
from heliodesk.entitlements.pack.examples import examples_of
from heliodesk.entitlements.pack.shipped import default_pack
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.rules import decide
from heliodesk.entitlements.simulation import Simulator, request_from

ROUNDS = 1000


def main() -> None:
    """Decide the worked examples over and over, then add business time over and over."""
    simulator = Simulator(default_pack())
    asked = [ORDINARY | dict(example.input) for example in examples_of("mimecast-2018")]
    questions = [
        (request_from(a), simulator.ask(a)[1], datetime.fromisoformat(str(a["at"]))) for a in asked
    ]
    started = time.perf_counter()
    for _ in range(ROUNDS):
        for request, policy, at in questions:
            decide(request, policy, at)
    spent = time.perf_counter() - started
    print(f"{ROUNDS * len(questions) / spent:,.0f} decisions a second")
    calendar, at = (
        Policy(default_pack()).place("UK").calendar,
        datetime(2026, 3, 27, 15, tzinfo=UTC),
    )
    for minutes in (240, 2400):
        started = time.perf_counter()
        for _ in range(100 * ROUNDS):
            add(calendar, at, minutes)
        spent = time.perf_counter() - started
        print(f"{spent / ROUNDS * 10_000:.1f} µs for a deadline {minutes} minutes away")


if __name__ == "__main__":
    main()
