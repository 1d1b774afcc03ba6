"""Mail whose bytes are gone: the page says so instead of saving an empty file."""

from heliodesk.cases.rules import Refused
from heliodesk.web.translation import translated


def still_there(data: bytes) -> bytes:
    """The bytes of a mail.

    Raises:
        Refused: they were removed after their time, or because a person was forgotten.
    """
    if not data:
        raise Refused(
            translated(
                "This mail as it arrived was removed: its time was over, or it was asked for."
            )
        )
    return data
