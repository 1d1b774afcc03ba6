"""Run every kind of trouble, and print what became of the pages."""

import json
import random
import statistics
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import click

from bench.chaos.desk import Desk

RACERS = 5
#: P1s before the first run, so that the pagers have their connections open.
WARM_UP = 12


@dataclass
class Row:
    """What became of the P1s of one run."""

    run: str
    p1s: int
    never_paged: int
    p50: float
    p95: float
    p99: float
    slowest: float
    pages: int
    twice: int
    changed: int
    acks: str
    late_pages: int
    troubles: int


def declare(n: int) -> tuple[int, int, float]:
    """A P1 declared now: its id, its case's id, and when that was committed."""
    from django.db import transaction
    from tests.oncall import world

    from heliodesk.oncall.queries import database_time

    for _ in range(200):
        try:
            with transaction.atomic():
                p1 = world.p1(database_time(), title=f"Outage {n}")
            return p1.pk, p1.case_id or 0, time.time()
        except Exception:
            from django.db import connection

            connection.close()
            time.sleep(0.1)
    raise SystemExit("The database did not come back.")


def race(p1_id: int, people: list[int]) -> tuple[int, float]:
    """So many engineers take it at once; how many won, and when the first had."""
    from django.db import connection

    from heliodesk.oncall import actions
    from heliodesk.oncall.queries import database_time

    won: list[float] = []

    def take(person: int) -> None:
        for _ in range(100):
            try:
                answer = actions.take(p1_id, person_id=person, how="link", at=database_time())
                if isinstance(answer, actions.Won):
                    won.append(time.time())
                break
            except Exception:
                connection.close()
                time.sleep(0.1)
        connection.close()

    threads = [threading.Thread(target=take, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won), min(won, default=0.0)


def run(desk: Desk, name: str, count: int, trouble: AbstractContextManager[None],
        people: list[int]) -> Row:  # fmt: skip
    """Declare P1s one after another while there is trouble; let three of four be taken."""
    desk.kills = 0
    committed: dict[int, float] = {}
    taken: dict[int, float] = {}
    winners: Counter[int] = Counter()
    threads: list[threading.Thread] = []

    def follow(p1_id: int) -> None:
        until = time.time() + 60
        while time.time() < until and p1_id not in desk.first():
            time.sleep(0.2)
        number, at = race(p1_id, random.sample(people, RACERS))
        winners[number] += 1
        taken[p1_id] = at

    with trouble:
        for n in range(count):
            p1_id, _case, at = declare(n)
            committed[p1_id] = at
            if n % 4:
                thread = threading.Thread(target=follow, args=[p1_id])
                thread.start()
                threads.append(thread)
            time.sleep(0.12)
        for thread in threads:
            thread.join()
    wait_for(desk, set(committed))
    return figures(desk, name, committed, taken, winners)


def wait_for(desk: Desk, p1s: set[int]) -> None:
    """Give the last pages their time."""
    until = time.time() + 20
    while time.time() < until and not p1s <= desk.first().keys():
        time.sleep(0.3)


def figures(desk: Desk, name: str, committed: dict[int, float], taken: dict[int, float],
            winners: Counter[int]) -> Row:  # fmt: skip
    """The row of a run."""
    desk.read()
    first = desk.first()
    waits = sorted(first[p1] - at for p1, at in committed.items() if p1 in first)
    #: Taken before their first page got through; they needed none.
    taken_unpaged = {p1 for p1, at in taken.items() if at and at < first.get(p1, at + 1)}
    keys: dict[str, list[dict[str, object]]] = defaultdict(list)
    late = 0
    for line in desk.delivered():
        p1 = str(line["key"]).partition(":")[0]
        if p1.isdigit() and int(p1) in committed:
            keys[str(line["key"])].append(line)
            late += int(p1) in taken and float(str(line["at"])) > taken[int(p1)] + 2.0
    landed = {key: [x for x in lines if x["fault"] in {"", "lost"}] for key, lines in keys.items()}
    return Row(
        run=name,
        p1s=len(committed),
        never_paged=len(committed.keys() - first.keys() - taken_unpaged),
        p50=_at(waits, 0.50),
        p95=_at(waits, 0.95),
        p99=_at(waits, 0.99),
        slowest=max(waits, default=0.0),
        pages=sum(1 for lines in landed.values() if lines),
        twice=sum(len(lines) - 1 for lines in landed.values() if len(lines) > 1),
        changed=sum(1 for lines in keys.values() if len({x["text"] for x in lines}) > 1),
        acks=f"{winners[1]} of {sum(winners.values())}",
        late_pages=late,
        troubles=desk.kills,
    )


def _at(waits: list[float], share: float) -> float:
    return (
        statistics.quantiles(waits, n=100, method="inclusive")[round(share * 100) - 1]
        if len(waits) > 1
        else 0.0
    )


RUNS: dict[str, Callable[[Desk], AbstractContextManager[None]]] = {
    "no kills": lambda desk: nullcontext(),
    "kill -9 of a random pager every 2 s": lambda desk: desk.killing(2.0),
    "kill -9 of a random pager every 0.5 s": lambda desk: desk.killing(0.5),
    "database stopped hard three times": lambda desk: desk.stopping_the_database(3, 3.0),
    "one of three frozen for 12 s, twice": lambda desk: desk.freezing(12.0, 2),
    "provider away for 10 s": lambda desk: desk.provider_away(10.0),
}


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    head = (
        "| Run | P1s | never paged | first page p50 / p95 / p99 / max, s | pages "
        "| delivered twice | changed | one winner | pages 2 s after the ack | kills |"
    )
    lines = [head, "|-" * 10 + "|"]
    lines += [
        f"| {r.run} | {r.p1s} | {r.never_paged} | {r.p50:.2f} / {r.p95:.2f} / {r.p99:.2f} / "
        f"{r.slowest:.2f} | {r.pages} | {r.twice} | {r.changed} | {r.acks} | {r.late_pages} "
        f"| {r.troubles} |"
        for r in rows
    ]
    return "\n".join(lines)


@click.command()
@click.option("--p1s", default=60, help="P1s of each run.")
@click.option("--pagers", default=3, help="Pagers that run.")
@click.option("--only", default="", help="Only runs with this word in their name.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the figures as JSON.")
@click.option("--part", type=click.Choice(["both", "pagers", "whole"]), default="both",
              help="Pagers alone, a whole desk with all its processes, or both.")  # fmt: skip
def main(p1s: int, pagers: int, only: str, out: Path | None, part: str) -> None:
    """Page under fire, then ill-treat a whole desk; print tables; exit code 1 when a promise broke.

    Promises: every P1 is paged for, one person takes it, no mail is lost or doubled, and a caller
    whom the desk does not answer hears everybody on call ring within five seconds.
    """
    broken = part != "whole" and _pagers(p1s, pagers, only, out)
    if part != "pagers":
        from bench.chaos import whole

        broken = whole.failed(whole.measure(only)) or broken
    if broken:
        raise SystemExit(1)


def _pagers(p1s: int, pagers: int, only: str, out: Path | None) -> bool:
    """Page under fire and print a table; whether a promise broke."""
    with Desk(pagers) as desk:
        from tests.oncall import world

        from heliodesk.oncall.queries import database_time

        made = world.desk(database_time())
        people = [world.engineer(f"Racer {n}").pk for n in range(12)]
        click.echo(f"{made.primary.name} and others are on call; {pagers} pagers.")
        desk.start()
        warm = {declare(n)[0] for n in range(WARM_UP)}
        wait_for(desk, warm)
        rows = []
        for name, trouble in RUNS.items():
            if only in name:
                rows.append(run(desk, name, p1s, trouble(desk), people))
                click.echo(table(rows[-1:]).splitlines()[-1])
                desk.wait_for_beats()
    click.echo(f"\n{table(rows)}")
    if out:
        out.write_text(json.dumps({"at": datetime.now().astimezone().isoformat(),
                                   "rows": [asdict(row) for row in rows]}, indent=1))  # fmt: skip
    return any(
        row.never_paged or row.changed or not row.acks.startswith(row.acks.split()[-1])
        for row in rows
    )


if __name__ == "__main__":
    main()
