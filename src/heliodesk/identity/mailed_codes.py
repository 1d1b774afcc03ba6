"""Signing in by a mailed code or link: asked for, tried, used once.

A code lives fifteen minutes and few tries. What is asked too often, for one address or from one
network address, is not answered by a mail; whoever asks is told the same in any case.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from heliodesk.identity.models import MailedCode

LIVES = timedelta(minutes=15)
TRIES = 5
#: Most requests in the window, for one address and from one network address.
WINDOW = timedelta(minutes=15)
MOST_OF_ADDRESS = 5
MOST_OF_IP = 30
_DIGITS = 8
_SALT = "heliodesk.identity.mailed_codes"


@dataclass(frozen=True)
class Mailed:
    """What is put into the mail; nowhere else."""

    token: str
    code: str
    secret: str

    @property
    def spoken(self) -> str:
        """The code in two groups."""
        return f"{self.code[: _DIGITS // 2]} {self.code[_DIGITS // 2 :]}"


class TooMany(Exception):
    """Asked too often; try again in a while."""


def ask(
    *, address: str, contact_id: int | None, leads_to: str = "", ip: str, at: datetime
) -> Mailed:
    """Make a code and a link for an address, whether or not anybody has it.

    Raises:
        TooMany: the address, or the network address, asked too often.
    """
    since = at - WINDOW
    rows = MailedCode.objects.filter(asked_at__gt=since)
    if (
        rows.filter(address=address).count() >= MOST_OF_ADDRESS
        or rows.filter(ip=ip).count() >= MOST_OF_IP
    ):
        raise TooMany
    made = Mailed(
        token=secrets.token_urlsafe(24),
        code=f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}",
        secret=secrets.token_urlsafe(32),
    )
    MailedCode.objects.create(
        token=made.token,
        address=address,
        contact_id=contact_id,
        code_hash=_hash(made.token, made.code),
        link_hash=_hash(made.token, made.secret),
        tries_left=TRIES,
        leads_to=leads_to,
        ip=ip,
        asked_at=at,
        expires_at=at + LIVES,
    )
    return made


def by_code(token: str, code: str, *, at: datetime) -> MailedCode | None:
    """The request that this code answers, used up now; a wrong one costs a try."""
    digits = "".join(sign for sign in code if sign.isdigit())
    return _use(token, digits, "code_hash", at)


def by_link(token: str, secret: str, *, at: datetime) -> MailedCode | None:
    """The request that this link answers, used up now."""
    return _use(token, secret, "link_hash", at)


def good_link(token: str, secret: str, *, at: datetime) -> MailedCode | None:
    """The request that a link would answer, not used by looking: mail scanners follow links."""
    row = MailedCode.objects.filter(token=token).first()
    return row if row and _holds(row, secret, "link_hash", at) else None


@transaction.atomic
def _use(token: str, secret: str, kind: str, at: datetime) -> MailedCode | None:
    row = MailedCode.objects.select_for_update().filter(token=token).first()
    if row is None or row.tries_left == 0:
        return None
    if not _holds(row, secret, kind, at):
        MailedCode.objects.filter(pk=row.pk).update(tries_left=row.tries_left - 1)
        return None
    MailedCode.objects.filter(pk=row.pk).update(used_at=at)
    return row


def _holds(row: MailedCode, secret: str, kind: str, at: datetime) -> bool:
    same = hmac.compare_digest(getattr(row, kind), _hash(row.token, secret))
    return same and bool(row.contact_id) and row.used_at is None and row.expires_at > at


def _hash(token: str, secret: str) -> str:
    return salted_hmac(_SALT + token, secret, algorithm="sha256").hexdigest()
