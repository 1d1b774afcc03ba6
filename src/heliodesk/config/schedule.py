"""Everything periodic, on one page. Each entry takes due rows with SKIP LOCKED, so that two
workers running it at once do no harm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from heliodesk.identity import jobs as identity
from heliodesk.intake import jobs as intake


@dataclass(frozen=True)
class Periodic:
    """A job and how often it runs."""

    name: str
    #: Seconds between the end of one run and the next.
    every: float
    #: Takes the present instant, returns how many rows it settled.
    run: Callable[[datetime], int]


SCHEDULE = (
    Periodic("purge held intake", 600, intake.purge),
    Periodic("forget expired sessions", 3600, identity.forget_expired_sessions),
)
