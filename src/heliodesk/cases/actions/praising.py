"""What customers think of how their case was handled."""

from datetime import datetime

from django.db import transaction

from heliodesk.cases.actions.step import locked
from heliodesk.cases.models import Case, Rating
from heliodesk.cases.rules import Happened, Refused, State
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import storable

_COMMENT = 4000


def rate(case: Case, *, score: int, comment: str, by: By, at: datetime) -> Rating:
    """Keep a rating of 1 to 5; a later one of the same case takes its place.

    Raises:
        Refused: the case is not closed yet, or the score is none.
    """
    if not 1 <= score <= 5:
        raise Refused("Choose from 1 to 5.")
    with transaction.atomic():
        row = locked(case)
        if row.state not in {State.CLOSED, State.RESOLVED}:
            raise Refused("A case can be rated once it is solved.")
        rating, _made = Rating.objects.update_or_create(
            case=row,
            defaults={
                "contact_id": by.id if by.kind == "contact" else None,
                "score": score,
                "comment": storable(comment.strip())[:_COMMENT],
                "at": at,
            },
        )
        record([Happening(Happened.RATED, "case", row.pk, {"score": score})], by=by, at=at)
    return rating
