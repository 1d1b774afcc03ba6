"""What the supervisor says to the log: text, or JSON with HELIODESK_LOG_FORMAT=json."""

import json
import sys

from heliodesk.config import environment
from heliodesk.kernel import clock


def say(text: str, **facts: object) -> None:
    """Write one line to standard error."""
    at = clock.now()
    if environment.text("HELIODESK_LOG_FORMAT") == "json":
        line = json.dumps({"timestamp": at.isoformat(), "event": text, **facts}, default=str)
    else:
        line = f"{at:%H:%M:%S} desk: {text}"
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
