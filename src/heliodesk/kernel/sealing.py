"""Secrets kept in the database, sealed with the desk's own key."""

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


def seal(text: str, keys: Sequence[str]) -> str:
    """The text, readable only with one of the keys; the first seals."""
    return _box(keys).encrypt(text.encode()).decode()


def unseal(sealed: str, keys: Sequence[str]) -> str:
    """The text again; empty when none of the keys fits, as after a lost key."""
    try:
        return _box(keys).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _box(keys: Sequence[str]) -> MultiFernet:
    drawn = (hashlib.sha256(b"heliodesk sealing " + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in drawn])
