"""The public half of the key that signs pushes; browsers subscribe to it."""

import base64
from functools import lru_cache
from pathlib import Path

from django.conf import settings


def public_key() -> str:
    """The key as browsers take it; empty while pushes are not set up or the file is unreadable."""
    return _of(settings.PUSH_KEY) if settings.PUSH_KEY else ""


@lru_cache(maxsize=2)
def _of(path: str) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from py_vapid import Vapid, VapidException

    try:
        if not Path(path).exists():
            return ""
        key = Vapid.from_file(path).public_key
        raw = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    except (OSError, ValueError, VapidException):
        return ""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
