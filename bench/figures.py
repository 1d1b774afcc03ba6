"""Figures as they are printed and kept."""

import json
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import slowness

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


def figure(
    name: str,
    seconds: Sequence[float],
    *,
    took: float,
    spent: dict[str, float],
    target_ms: float | None = None,
) -> Figure:
    """The figure of one run.

    Args:
        seconds: how long each operation took, as its caller saw it.
        took: seconds of the whole run.
        spent: processor seconds by process, and ``total``.
    """
    count = len(seconds)
    each = {kind: 1000 * used / count for kind, used in spent.items() if used > 0}
    return Figure(
        name,
        count,
        count / took,
        1000 * percentile(seconds, 50),
        1000 * percentile(seconds, 95),
        each.pop("total", 0.0),
        {kind: round(used, 2) for kind, used in sorted(each.items(), key=lambda kv: -kv[1])},
        target_ms,
        round(slowness(), 2),
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that is not below this share of all."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


HEADING = " " * 35 + " per s   p50 ms   p95 ms   CPU ms  target   slow  by process (ms)"


def line(one: Figure) -> str:
    """A figure as a line of the table."""
    target = "" if one.target_ms is None else f"{one.target_ms:g}{'' if one.met else ' !'}"
    parts = ", ".join(f"{kind} {ms:g}" for kind, ms in one.cpu_by_process.items() if ms >= 0.05)
    return (
        f"{one.name:34} {one.per_second:8.0f} {one.p50_ms:8.1f} {one.p95_ms:8.1f} "
        f"{one.cpu_ms:8.2f} {target:>7} {one.slowness:6.2f}  {parts}"
    )


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
