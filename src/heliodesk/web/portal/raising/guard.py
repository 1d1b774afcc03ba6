"""Keeps machines from the public form without asking anybody else about people.

A page carries a signed key with its time. A sender must take some seconds, leave a field alone
that people do not see, and, where scripts run, let the browser do some sums; and nobody sends
more than a few forms an hour.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing

from heliodesk.channels import uploads
from heliodesk.customers.facts import names_own_account

_SALT = "heliodesk.form"
#: A page that is open longer asks to be sent again; what was typed stays.
_OLD_SECONDS = 24 * 3600
#: Nobody fills in the form in less; with scripts the sums prove enough.
_HASTE_SECONDS = 3
#: Zero bits the sums must end with: a quarter of a second for a browser.
BITS = 15
#: The field that people never see; whoever fills it in is none.
TRAP = "website"
#: Of the hourly forms of an address, the share without sums.
_WITHOUT_SUMS = 4
#: How many times as many forms a signed-in contact may send as a stranger.
_SIGNED_IN = 3
_NONCE = re.compile(r"\d{1,12}")
_UPLOADS_PER_HOUR = 120


@dataclass(frozen=True)
class Entry:
    """A page of ours that was sent back. ``key`` makes what it sends one."""

    key: str
    opened_at: datetime


class Stale(Exception):
    """The page is not ours, or was open for too long."""


def new_page(at: datetime) -> str:
    """The signed key of a page that is opened now."""
    given = {"k": secrets.token_hex(12), "t": int(at.timestamp())}
    return signing.dumps(given, salt=_SALT, compress=False)


def entry(page: str, at: datetime) -> Entry:
    """The page that was sent back.

    Raises:
        Stale: it is not ours, or too old.
    """
    try:
        given: dict[str, Any] = signing.loads(page, salt=_SALT)
    except signing.BadSignature as error:
        raise Stale from error
    opened = datetime.fromtimestamp(given["t"], at.tzinfo)
    if not 0 <= (at - opened).total_seconds() + 60 <= _OLD_SECONDS:
        raise Stale
    return Entry(str(given["k"]), opened)


def proven(key: str, nonce: str) -> bool:
    """Whether the browser did the sums for this page."""
    if not _NONCE.fullmatch(nonce):
        return False
    digest = hashlib.sha256(f"{key}:{nonce}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - BITS) == 0


def is_machine(posted: Any) -> bool:
    """Whether the trap was filled in."""
    return bool(posted.get(TRAP, "").strip())


def too_hasty(entry: Entry, at: datetime, *, sums: bool) -> bool:
    """Whether the form came faster than a person writes."""
    return not sums and (at - entry.opened_at).total_seconds() < _HASTE_SECONDS


def flooded(peer: str, sender: str, at: datetime, *, sums: bool) -> bool:
    """Whether enough came from there, for this sender, or from everybody, in the last hour."""
    found = uploads.flood(peer, sender, at=at)
    most = settings.WEB_FORMS_PER_HOUR
    own = most if sums else max(most // _WITHOUT_SUMS, 1)
    return (
        found.peer >= own
        or found.sender >= most
        or found.everybody >= settings.WEB_FORMS_PER_HOUR_IN_ALL
    )


def shows_reference(address: str, identifier: str, at: datetime) -> bool:
    """Whether the page after a stranger's form may show its reference, which tells by its shape
    whether the desk knows them (C37)."""
    shown = settings.WEB_FORM_SHOWS_REFERENCE
    if shown == "identified":
        return bool(identifier) and names_own_account(address, identifier, at.date())
    return bool(shown == "always")


def flooded_by(contact: str, at: datetime) -> bool:
    """Whether a signed-in contact sent so many within the hour that it cannot be by hand."""
    most = settings.WEB_FORMS_PER_HOUR * _SIGNED_IN
    return uploads.flood("", contact, at=at).sender >= most


def uploads_flooded(peer: str, at: datetime) -> bool:
    """Whether enough files came from there in the last hour."""
    return uploads.recent_uploads(peer, at=at) >= _UPLOADS_PER_HOUR
