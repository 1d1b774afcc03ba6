"""Secret addresses under which calendar programs read shifts."""

import hashlib
import secrets
from datetime import datetime

from heliodesk.journal.record import By, Happening, record
from heliodesk.oncall.actions.guarded import guarded
from heliodesk.oncall.models import Feed, Region
from heliodesk.oncall.rules.words import Refused

MOST = 20


def open_feed(*, scope: str, by: By, at: datetime) -> tuple[Feed, str]:
    """A new feed of one's own shifts, of all, or of a region; the token is told only here.

    Raises:
        Refused: there is no such region, or there are too many feeds.
    """
    if scope not in {"mine", "all"} and not Region.objects.filter(code=scope).exists():
        raise Refused("Choose your own shifts, all shifts, or a region.")
    with guarded():
        if Feed.objects.filter(person_id=by.id, ended_at=None).count() >= MOST:
            raise Refused("End a feed that you do not use first.")
        token = secrets.token_urlsafe(24)
        row = Feed.objects.create(
            person_id=by.id or 0, token_hash=hashed(token), scope=scope, made_at=at
        )
        record([Happening("feed_opened", "user", by.id or 0, {"scope": scope})], by=by, at=at)
    return row, token


def hashed(token: str) -> str:
    """A token as it is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def end_feed(feed_id: int, *, by: By, at: datetime) -> None:
    """Let a feed's address show nothing any more."""
    Feed.objects.filter(pk=feed_id, person_id=by.id, ended_at=None).update(ended_at=at)


def read_feed(token: str, *, at: datetime) -> Feed | None:
    """The feed behind a token, while it holds and its person works here."""
    row = (
        Feed.objects.select_related("person")
        .filter(token_hash=hashed(token), ended_at=None, person__is_active=True)
        .first()
    )
    if row:
        Feed.objects.filter(pk=row.pk).update(read_at=at)
    return row
