"""Signed tokens: what the desk gave out, it can recognise again (threading, links).

A token is base32 of a truncated HMAC-SHA256, 130 bits, in lower case, because mail systems
fold the case of addresses. Keys rotate: the first key signs, every key verifies.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence

_BYTES = 17
LENGTH = 26


def token(key: str, purpose: str, subject: str) -> str:
    """The token for this subject and purpose under one key: 26 letters and digits."""
    digest = hmac.digest(key.encode(), f"{purpose}\0{subject}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:_BYTES]).decode().lower()[:LENGTH]


def holds(keys: Sequence[str], purpose: str, subject: str, given: str) -> bool:
    """Whether ``given`` is the token of this subject under any of the keys, in constant time."""
    folded = given.lower().encode()
    found = False
    for key in keys:
        found |= hmac.compare_digest(token(key, purpose, subject).encode(), folded)
    return found
