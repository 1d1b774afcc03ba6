"""Hand pages to their providers.

A page is claimed by a lease and the claim committed before anything touches the network. A pager
that dies or stands still leaves its pages to the next one when the lease ends: a page goes out at
least once, and again only under the same key and text (G6). All times are the database's.
"""

import time
from typing import Any, NamedTuple

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from heliodesk.kernel import reading
from heliodesk.oncall.senders.known import sender_of
from heliodesk.oncall.senders.letter import Gone, Letter, TryAgain, Unset

log = structlog.get_logger()
#: Longer than a sender waits, shorter than anybody may wait for the next page (G2).
LEASE_SECONDS = 4.0
_CLAIM = """
update oncall_page set state = 'sending', attempts = attempts + 1,
    first_try_at = coalesce(first_try_at, clock_timestamp()),
    lease_until = clock_timestamp() + %(lease)s * interval '1 second',
    next_try_at = clock_timestamp() + %(lease)s * interval '1 second'
where id in (
    select g.id from oncall_page g left join oncall_p1 p on p.id = g.p1_id
     where g.state in ('pending', 'sending') and g.next_try_at <= clock_timestamp()
       and (g.purpose <> 'page' or p.state = 'triggered')
     order by g.next_try_at, g.id limit %(most)s for update of g skip locked)
returning id, key, address, subject, text, token, purpose, channel, attempts, method_id
"""
_STILL = """
select count(*) from oncall_page g left join oncall_p1 p on p.id = g.p1_id
 where g.id = %s and g.attempts = %s and g.state = 'sending' and g.lease_until > clock_timestamp()
   and (g.purpose <> 'page' or p.state = 'triggered')
"""
_SENT = """
update oncall_page set state = 'sent', sent_at = coalesce(sent_at, clock_timestamp()),
    provider_ref = %s, next_try_at = null, lease_until = null, error = ''
 where id = %s and state in ('sending', 'pending', 'cancelled', 'failed')
"""
#: A page is given up when newer ones have long taken its place.
_AGAIN = """
update oncall_page set error = %(error)s, lease_until = null,
    state = case when %(gone)s or made_at < clock_timestamp() - interval '10 minutes'
                 then 'failed' else 'pending' end,
    next_try_at = case when %(gone)s or made_at < clock_timestamp() - interval '10 minutes'
                       then null else clock_timestamp() + %(wait)s * interval '1 second' end
 where id = %(id)s and attempts = %(attempts)s and state = 'sending'
"""
_WORKS = """
update oncall_contactmethod set failing_since = null, error = ''
 where id = %s and failing_since is not null
"""
_FAILS = """
update oncall_contactmethod set failing_since = coalesce(failing_since, clock_timestamp()),
    error = %s where id = %s
"""
_WAITS = (0.2, 0.5, 1.0, 2.0, 3.0, 4.0)
#: So many failures in a row mark a way as failing.
_FAILING_AFTER = 4


class Claimed(NamedTuple):
    """A page in hand."""

    id: int
    key: str
    address: str
    subject: str
    text: str
    token: str
    purpose: str
    channel: str
    attempts: int
    method_id: int | None

    @property
    def letter(self) -> Letter:
        """As its sender gets it."""
        return Letter(
            self.id, self.key, self.address, self.subject, self.text, self.token, self.purpose
        )


def claim(most: int) -> list[Claimed]:
    """Take up to so many pages that are due; the claim is committed when this returns."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"lease": LEASE_SECONDS, "most": most})
        return [Claimed(*row) for row in cursor.fetchall()]


def send(page: Claimed) -> bool:
    """Hand one page over and settle it; whether the provider took it.

    It is looked at once more right before: somebody may have taken the P1, or this process may
    have stood still since the claim (G5).
    """
    close_old_connections()
    if not _still_ours(page):
        return False
    try:
        ref = sender_of(page.channel)(page.letter)
    except (Gone, Unset) as error:
        _failed(page, str(error), gone=True)
    except TryAgain as error:
        _failed(page, str(error), gone=False)
    except Exception as error:
        log.exception("page_failed", page=page.id)
        _failed(page, f"{type(error).__name__}: {error}", gone=False)
    else:
        _write(_SENT, [ref[:200], page.id])
        if page.method_id:
            _write(_WORKS, [page.method_id])
        log.info("page_sent", page=page.id, channel=page.channel, attempts=page.attempts)
        return True
    return False


def _still_ours(page: Claimed) -> bool:
    return bool(reading.rows(connection, _STILL, [page.id, page.attempts])[0][0])


def _failed(page: Claimed, error: str, *, gone: bool) -> None:
    wait = _WAITS[min(page.attempts, len(_WAITS)) - 1]
    log.warning("page_not_taken", page=page.id, channel=page.channel, error=error, gone=gone)
    given = {
        "error": error[:500],
        "gone": gone,
        "wait": wait,
        "id": page.id,
        "attempts": page.attempts,
    }
    _write(_AGAIN, given)
    if page.method_id and (gone or page.attempts >= _FAILING_AFTER):
        _write(_FAILS, [error[:500], page.method_id])


def _write(sql: str, params: Any) -> None:
    """Settle something; once more on a new connection when the database went away meanwhile."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
    except (OperationalError, InterfaceError):
        connection.close()
        time.sleep(0.2)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
