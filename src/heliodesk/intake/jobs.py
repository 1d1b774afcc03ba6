"""Background entry points of intake."""

from datetime import datetime

from heliodesk.intake import pipeline
from heliodesk.intake.actions import purge_held
from heliodesk.intake.claim import forget_settled


def file_batch(at: datetime) -> int:
    """File one batch of waiting messages; how many were settled."""
    return pipeline.file_waiting(at=at)


def purge(at: datetime) -> int:
    """Put aside held items that nobody decided in time (C8); forget marks of dead workers."""
    forget_settled()
    return purge_held(at=at)
