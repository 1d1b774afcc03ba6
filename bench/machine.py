"""How fast the machine is at this moment, so that runs on a busy one can be compared."""

import json
import re
import time

_TEXT = "The quick brown fox jumps over the lazy dog. " * 60
#: Milliseconds that one round took on the machine of the figures in docs/performance.md, idle.
REFERENCE_MS = 3.7
_ROUNDS = 30


def slowness() -> float:
    """Processor time of a fixed piece of work, as a multiple of the reference machine's.

    Processor time is what counts here, yet a neighbour on the same core or cache makes it longer.
    """
    begun = time.process_time()
    for _ in range(_ROUNDS):
        _round()
    return (time.process_time() - begun) * 1000 / _ROUNDS / REFERENCE_MS


def _round() -> None:
    for _ in range(20):
        re.sub(r"[aeiou]+", "x", _TEXT)
        json.loads(json.dumps({"a": [_TEXT] * 5, "b": list(range(300))}))
        sorted(_TEXT.split())
        dict(enumerate(_TEXT.split()))
