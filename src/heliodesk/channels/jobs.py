"""Background entry points of the room."""

from datetime import datetime

from heliodesk.channels import uploads


def forget_old_uploads(at: datetime) -> int:
    """Files of forms that were never sent are forgotten."""
    return uploads.forget_old(at=at)
