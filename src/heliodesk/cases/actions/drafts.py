"""What an agent has written and not yet sent is kept."""

from datetime import datetime

from heliodesk.cases.models import Case, Draft


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
    Draft.objects.filter(case=case, user_id=user_id, mode=mode).delete()
