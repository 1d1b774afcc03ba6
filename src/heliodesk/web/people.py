"""Who is asking: one query from the session's key to the person, with the right to be here."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.core.signing import BadSignature
from django.db import connection
from django.utils.crypto import constant_time_compare, salted_hmac

from heliodesk.entitlements import packs
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role, permissions
from heliodesk.identity.sessions import SessionStore
from heliodesk.kernel import reading

SQL = """
select u.id, u.name, u.email, u.role, u.zone, u.password, s.session_data,
       coalesce(t.offshore, false) as offshore,
       coalesce(t.queues, '{}') as queues,
       case when u.own_role_id is not null then r.permissions end as own, r.name as title,
       coalesce(r.second_factor and not exists (
           select from mfa_authenticator a
            where a.user_id = u.id and a.type in ('totp', 'webauthn')), false) as owes
from identity_session s
join identity_user u on u.id = s.user_id and u.is_active
left join identity_staffrole r
  on case when u.own_role_id is null then r.code = u.role else r.id = u.own_role_id end
left join lateral (
    select bool_or(t.offshore) as offshore,
           (array_agg(distinct q) filter (where q is not null)) as queues
    from identity_teammember m
    join identity_team t on t.id = m.team_id
    left join lateral unnest(t.queues) q on true
    where m.user_id = u.id
) t on true
where s.session_key = %s and s.expire_date > %s
"""
#: Nearly every page asks for the pack in force next.
_WITH_PACK = packs.beside(SQL)
_HASH_SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"


def of_session(key: str, at: datetime) -> Person | None:
    """The person signed in by this session, if it holds: not expired, and begun with the password
    that is still theirs, so that a change of password signs every other browser out."""
    rows = reading.rows(connection, _WITH_PACK, [key, at])
    if not rows:
        return None
    packs.know(rows[0][-packs.COLUMNS :])
    return person_of(rows[0][: -packs.COLUMNS])


def person_of(row: tuple[Any, ...]) -> Person | None:
    """The person of a row of ``SQL``, or none when their password has changed since."""
    id, name, email, role, zone, password, data, offshore, queues, own, title, owes = row
    if not holds(data, password):
        return None
    held = None if own is None else permissions(role, own)
    title = title if own is not None else ""
    return Person(id, name, email, Role(role), zone, offshore, tuple(queues), held, title, owes)


@lru_cache(maxsize=2048)
def holds(data: str, password: str) -> bool:
    """Whether the session was begun with this password (its stored hash)."""
    begun = _begun_with(data)
    return bool(begun) and any(
        constant_time_compare(begun, _auth_hash(password, key))
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def _auth_hash(password: str, key: str) -> str:
    return salted_hmac(_HASH_SALT, password, secret=key, algorithm="sha256").hexdigest()


def _begun_with(data: str) -> str:
    """What the session remembers of the password; empty when the data was tampered with."""
    return str(kept(data).get(HASH_SESSION_KEY, ""))


def kept(data: str) -> dict[str, Any]:
    """What a session remembers; nothing when the data was tampered with."""
    try:
        return SessionStore().decode(data)
    except BadSignature:
        return {}
