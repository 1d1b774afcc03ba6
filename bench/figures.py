"""Figures as they are printed and kept."""

import json
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """What one kind of operation cost."""

    name: str
    count: int
    per_second: float
    p50_ms: float
    p95_ms: float
    #: Processor milliseconds an operation, all processes of the desk and PostgreSQL together.
    cpu_ms: float
    #: The same by process.
    cpu_by_process: dict[str, float]
    target_ms: float | None = None
    #: How much slower than the reference machine it was meanwhile.
    slowness: float = 1.0

    @property
    def met(self) -> bool:
        """Whether the target holds, if there is one."""
        return self.target_ms is None or self.cpu_ms <= self.target_ms


@dataclass(frozen=True)
class Round:
    """A stretch of a run."""

    #: How long each operation took, as its caller saw it.
    seconds: Sequence[float]
    #: Seconds of the whole stretch.
    took: float
    #: Processor seconds by process, and ``total``.
    spent: dict[str, float]
    slowness: float

    def each(self) -> dict[str, float]:
        """Processor milliseconds an operation, by process."""
        return {kind: 1000 * used / len(self.seconds) for kind, used in self.spent.items()}


def of_rounds(name: str, rounds: Sequence[Round], *, target_ms: float | None = None) -> Figure:
    """The figure of a run: processor time of its middle round, times of all rounds together.

    The middle one, because a neighbour on the machine makes some rounds dear and none cheap.
    """
    seconds = [one for each in rounds for one in each.seconds]
    middle = sorted(rounds, key=lambda each: each.each()["total"])[(len(rounds) - 1) // 2].each()
    total = middle.pop("total")
    return Figure(
        name,
        len(seconds),
        len(seconds) / sum(each.took for each in rounds),
        1000 * percentile(seconds, 50),
        1000 * percentile(seconds, 95),
        round(total, 5),
        {
            kind: round(used, 2)
            for kind, used in sorted(middle.items(), key=lambda kv: -kv[1])
            if used > 0
        },
        target_ms,
        round(median(each.slowness for each in rounds), 2),
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that is not below this share of all."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


HEADING = " " * 35 + " per s   p50 ms   p95 ms   CPU ms  target   slow  by process (ms)"


def _cpu(milliseconds: float) -> str:
    return f"{milliseconds:8.2f}" if milliseconds >= 0.1 else f"{milliseconds:8.5f}"


def line(one: Figure) -> str:
    """A figure as a line of the table."""
    target = "" if one.target_ms is None else f"{one.target_ms:g}{'' if one.met else ' !'}"
    parts = ", ".join(f"{kind} {ms:g}" for kind, ms in one.cpu_by_process.items() if ms >= 0.05)
    return (
        f"{one.name:34} {one.per_second:8.0f} {one.p50_ms:8.1f} {one.p95_ms:8.1f} "
        f"{_cpu(one.cpu_ms)} {target:>7} {one.slowness:6.2f}  {parts}"
    )


#: How much dearer an operation may be on the largest desk than on the middle one.
MOST_DEARER = 1.3


def dearer(figures: Sequence[Figure]) -> list[str]:
    """How the cost of each operation grows from 20,000 cases to 1,000,000, where both are known."""
    small, large = ", 20,000 cases", ", 1,000,000 cases"
    known = {one.name: one for one in figures}
    found = []
    for name, one in known.items():
        if name.endswith(small) and (other := known.get(name.removesuffix(small) + large)):
            times = other.cpu_ms / one.cpu_ms
            mark = "" if times <= MOST_DEARER else " !"
            found.append(f"{name.removesuffix(small):34} x{times:.2f} at 1,000,000 cases{mark}")
    return found


def keep(figures: Sequence[Figure], **about: object) -> Path:
    """Write the figures of a run as JSON; where they are."""
    RESULTS.mkdir(exist_ok=True)
    at = datetime.now(UTC)
    path = RESULTS / f"{at:%Y%m%d-%H%M%S}.json"
    told = {
        "at": at.isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        **about,
        "figures": [asdict(one) | {"met": one.met} for one in figures],
    }
    path.write_text(json.dumps(told, indent=1) + "\n")
    return path


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
