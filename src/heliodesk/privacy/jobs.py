"""Tasks of retention and of people, done a piece at a time so that nothing else waits for them.

Every piece is one transaction with how far it came: a worker may die at any time.
"""

import time
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from heliodesk.cases import forgetting as cases
from heliodesk.channels import blobs
from heliodesk.journal.record import SYSTEM
from heliodesk.privacy import actions
from heliodesk.privacy.carrying_out import person, retention
from heliodesk.privacy.models import Retention, Task, UnusedBlob
from heliodesk.privacy.queries import any_hold
from heliodesk.privacy.rules import Keep, Kind, Refused, Standing

log = structlog.get_logger()
#: One run of ``work`` begins no further piece after this many seconds.
_SECONDS = 1.0
_MOST_ATTEMPTS = 5
#: Retention is carried out this often by itself.
_EVERY = timedelta(hours=20)
#: An archive that nobody fetched goes after this long.
ARCHIVE_LIVES = timedelta(days=7)
#: A blob without a message goes after this long; nobody is half-way to using it then.
_BLOB_WAITS = timedelta(days=1)


def work(at: datetime) -> int:
    """Do pieces of the oldest tasks for about a second; how many were done."""
    began, pieces = time.monotonic(), 0
    while time.monotonic() - began < _SECONDS and _piece(at):
        pieces += 1
    return pieces


def _piece(at: datetime) -> bool:
    with transaction.atomic():
        rows = Task.objects.select_for_update(skip_locked=True).defer("archive")
        task = rows.filter(ended_at__isnull=True).order_by("attempts", "id").first()
        if task is None:
            return False
        try:
            with transaction.atomic():
                over = (retention if task.kind == Kind.RETENTION else person)(task, at)
        except Exception as error:
            _failed(task, error, at)
            return False
        task.state = Standing.DONE.value if over else Standing.WORKING.value
        if over:
            task.ended_at, task.words, task.case_ids = at, {}, []
        task.attempts, task.error = 0, ""
        task.save()
    return True


def _failed(task: Task, error: Exception, at: datetime) -> None:
    """Try again later, a few times; a refusal is the end at once."""
    task = Task.objects.get(pk=task.pk)
    task.attempts += 1
    task.error = str(error)[:500] if isinstance(error, Refused) else type(error).__name__
    if isinstance(error, Refused) or task.attempts >= _MOST_ATTEMPTS:
        task.state, task.ended_at = Standing.FAILED.value, at
        task.words, task.case_ids = {}, []
    else:
        log.exception("privacy_task", task=task.pk)
    task.save()


def begin_retention(at: datetime) -> int:
    """Start the day's runs of what is not kept for ever."""
    begun = 0
    for row in Retention.objects.filter(months__isnull=False):
        if row.keep == Keep.AUDIT and any_hold():
            continue  # kept whole until the last hold is lifted
        if row.ran_at is None or at - row.ran_at >= _EVERY:
            try:
                actions.run(Keep(row.keep), by=SYSTEM, at=at)
                begun += 1
            except Refused:
                continue  # it is still under way
    return begun


def drop_unused(at: datetime) -> int:
    """Let archives nobody fetched go, and the bytes of files that no message has any more."""
    gone = Task.objects.filter(archive__isnull=False, ended_at__lt=at - ARCHIVE_LIVES).update(
        archive=None
    )
    rows = list(UnusedBlob.objects.filter(since__lt=at - _BLOB_WAITS).order_by("id")[:500])
    used = cases.still_used([row.sha256 for row in rows]) if rows else set()
    for row in rows:
        if row.sha256 not in used:
            blobs.remove(row.sha256, unless_since=row.since)
        row.delete()
    return gone + len(rows)
