"""Processor time of whole process trees, read from /proc.

The time of a tree is that of its living processes and of all their children that have ended and
been waited for. PostgreSQL's main process waits for each of its backends, and the desk's parent
waits for its parts, so what has ended is never lost from the sum; nothing is counted twice,
because a child moves from "living" to "waited for" in one step. The kernel counts in ticks of
10 ms; twenty processes blur a sum by at most 0.2 s, so measure for seconds.
"""

import os
from collections import defaultdict
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str] | None:
    """The fields of a process after its name, or none when it has ended."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return line[line.rindex(")") + 2 :].split()


def parent_of(pid: int) -> int:
    """The parent of a process; 0 when it has ended."""
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def tree(roots: list[int]) -> set[int]:
    """These processes and all that descend from them."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children[int(fields[1])].append(int(entry.name))
    found: set[int] = set()
    ahead = list(roots)
    while ahead:
        pid = ahead.pop()
        if pid not in found:
            found.add(pid)
            ahead += children[pid]
    return found


def seconds(roots: list[int]) -> dict[str, float]:
    """Processor seconds of these trees so far, by the kind of process."""
    spent: dict[str, float] = defaultdict(float)
    for pid in tree(roots):
        fields = _stat(pid)
        if fields:
            spent[_kind(pid)] += sum(map(int, fields[11:15])) * TICK
    return dict(spent)


def between(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What was spent from one reading to the next, by kind; ``total`` is the sum."""
    spent = {kind: after[kind] - before.get(kind, 0.0) for kind in after}
    spent["total"] = sum(after.values()) - sum(before.values())
    return spent


def _kind(pid: int) -> str:
    """What a process is: ``postgres``, or the desk's part by its name."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().split()
    except (FileNotFoundError, ProcessLookupError):
        return "ended"
    line = " ".join(words)
    if "postgres" in line.partition(" ")[0] or line.startswith("postgres"):
        return "postgres"
    for part in ("mail-listener", "worker", "live", "web", "serve"):
        if part in words:
            return part
    return "other"
