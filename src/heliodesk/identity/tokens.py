"""Tokens with which programs act for somebody: made, used, taken back. Only a hash is kept."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db import connection, transaction

from heliodesk.identity.actions import Refused
from heliodesk.identity.models import ApiToken, User
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role, permissions
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel import reading
from heliodesk.kernel.text import one_line, storable

#: What every token begins with, so that it is known for one where it should not be.
PREFIX = "hdt_"
#: Tokens that one person may have at a time.
MOST = 50
_SHOWN = 500
#: Characters of a token by which its owner knows it again.
_START = len(PREFIX) + 6


class Scope(StrEnum):
    """What a token is for; it never lets a program do more than its owner may."""

    READ = "read"
    WRITE = "write"
    REPORTS = "reports"


class Bearer(NamedTuple):
    """Who shows a token, and how often it was shown in this minute."""

    token_id: int
    token: str
    scopes: frozenset[str]
    person: Person
    used: int


@transaction.atomic
def make(
    user_id: int,
    *,
    name: str,
    scopes: Collection[str],
    days: int | None,
    by: By,
    at: datetime,
) -> tuple[ApiToken, str]:
    """A token, and its secret, which is told this once.

    Args:
        days: how long it holds; none for ever.

    Raises:
        Refused: it has no name or no scope, or its owner has too many.
    """
    named = one_line(storable(name), 80)
    if not named:
        raise Refused("Give the token a name: the program that will use it.")
    chosen = [scope.value for scope in Scope if scope in scopes]
    if not chosen:
        raise Refused("Choose what the token is for.")
    if days is not None and not 1 <= days <= 3660:
        raise Refused("A token holds for 1 to 3,660 days, or for ever.")
    user = User.staff.select_for_update().get(pk=user_id)
    if ApiToken.objects.filter(user=user, revoked_at=None).count() >= MOST:
        raise Refused(f"You have {MOST} tokens. Revoke one that nobody uses any more.")
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        name=named,
        start=secret[:_START],
        digest=_digest(secret),
        scopes=chosen,
        created_at=at,
        expires_at=None if days is None else at + timedelta(days=days),
    )
    data = {"scopes": chosen, "expires": row.expires_at and row.expires_at.isoformat()}
    _tell("token_made", row, by=by, at=at, **data)
    return row, secret


@transaction.atomic
def revoke(row: ApiToken, *, by: By, at: datetime) -> None:
    """Let a token hold no longer, from this moment."""
    if ApiToken.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=at):
        _tell("token_revoked", row, by=by, at=at)


def _tell(verb: str, row: ApiToken, *, by: By, at: datetime, **data: object) -> None:
    told = {"name": row.user.name, "token": row.name, "start": row.start, **data}
    record([Happening(verb, "user", row.user_id, told)], by=by, at=at)


def of(user_id: int) -> Sequence[ApiToken]:
    """Somebody's tokens that were not revoked, the newest first."""
    return list(ApiToken.objects.filter(user_id=user_id, revoked_at=None).order_by("-id")[:MOST])


def everybodys() -> Sequence[ApiToken]:
    """All tokens, those that hold first, then the newest; at most 500."""
    tokens = ApiToken.objects.select_related("user").order_by("revoked_at", "-id")
    return list(tokens.filter(revoked_at=None)[:_SHOWN]) + list(
        tokens.exclude(revoked_at=None).order_by("-revoked_at")[:50]
    )


def one(id: int, *, user_id: int | None = None) -> ApiToken | None:
    """The token with this id, of this person when one is given."""
    found = ApiToken.objects.select_related("user").filter(pk=id)
    return (found if user_id is None else found.filter(user_id=user_id)).first()


def _digest(secret: str) -> str:
    """What is kept of a secret of 256 random bits: no salt is needed, and one look finds it."""
    return hashlib.sha256(secret.encode()).hexdigest()


#: Who shows this token, if it holds; counted in an unlogged table, so that reading through the
#: API writes nothing to the log but once a minute when it was last used.
_USE = """
with shown as (
    select * from identity_apitoken t
    where t.digest = %(digest)s and t.revoked_at is null
      and (t.expires_at is null or t.expires_at > %(at)s)
), counted as (
    insert into identity_tokenuse (token_id, minute, used) select id, %(minute)s, 1 from shown
    on conflict (token_id) do update set minute = excluded.minute, used = case
        when identity_tokenuse.minute = excluded.minute then identity_tokenuse.used + 1 else 1 end
    returning used
), noted as (
    update identity_apitoken set last_used_at = %(at)s where id = (
        select id from shown where last_used_at is null or last_used_at < %(at)s - interval '1 min')
)
select t.id, t.name, t.scopes, counted.used, u.id, u.name, u.email, u.role, u.zone,
       coalesce(m.offshore, false), coalesce(m.queues, '{}'),
       case when u.own_role_id is not null then r.permissions end, r.name,
       coalesce(r.second_factor and not exists (
           select from mfa_authenticator a
            where a.user_id = u.id and a.type in ('totp', 'webauthn')), false)
from shown t
cross join counted
join identity_user u on u.id = t.user_id and u.is_active and u.role <> 'contact'
left join identity_staffrole r
  on case when u.own_role_id is null then r.code = u.role else r.id = u.own_role_id end
left join lateral (
    select bool_or(t.offshore) as offshore,
           (array_agg(distinct q) filter (where q is not null)) as queues
    from identity_teammember m
    join identity_team t on t.id = m.team_id
    left join lateral unnest(t.queues) q on true
    where m.user_id = u.id
) m on true
"""


def bearer(secret: str, at: datetime) -> Bearer | None:
    """Who shows this token; none when it is no token, revoked, expired, or its owner left."""
    if not (secret.startswith(PREFIX) and len(secret) < 100 and secret.isascii()):
        return None
    minute = int(at.timestamp()) // 60
    given = {"digest": _digest(secret), "at": at, "minute": minute}
    rows = reading.rows(connection, _USE, given)
    if not rows:
        return None
    token_id, token, scopes, used, id, name, email, role, zone, *rest = rows[0]
    offshore, queues, own, title, owes = rest
    held = None if own is None else permissions(role, own)
    title = title if own is not None else ""
    person = Person(id, name, email, Role(role), zone, offshore, tuple(queues), held, title, owes)
    return Bearer(token_id, token, frozenset(scopes), person, used)
