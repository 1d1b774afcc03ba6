"""What an agent has written and not yet sent is kept."""

from datetime import datetime

from django.db import connection

from heliodesk.cases.models import Case, Draft
from heliodesk.kernel import sql


def save_draft(case: Case, *, user_id: int, mode: str, text: str, at: datetime) -> None:
    """Keep a draft; an empty text drops it."""
    if not text.strip():
        drop_draft(case, user_id=user_id, mode=mode)
        return
    Draft.objects.update_or_create(
        case=case, user_id=user_id, mode=mode, defaults={"text": text, "saved_at": at}
    )


def drop_draft(case: Case, *, user_id: int, mode: str) -> None:
    """Forget a draft."""
    with sql.prepared(connection) as cursor:
        cursor.execute(
            "delete from cases_draft where case_id = %s and user_id = %s and mode = %s",
            [case.pk, user_id, mode],
        )
