"""From raw mail to cases, a batch at a time: claim, read, load, decide, file.

Reading (the costly part) is done by each worker on its own; loading, deciding and filing are
done by one at a time under a lock, so that two messages of one thread never make two cases.
If a batch fails, its messages are filed one by one; one that still fails is held with its error,
and everything else goes on.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection, transaction

from heliodesk.channels import blobs
from heliodesk.channels.blob_errors import StoreTrouble
from heliodesk.channels.mailboxes import MailboxFacts, active_mailboxes, own_addresses
from heliodesk.entitlements import packs
from heliodesk.intake import facts, form
from heliodesk.intake.claim import FATAL, MOST, Marks, Waiting, claim, clear, deaths
from heliodesk.intake.decide import decide_all
from heliodesk.intake.draft import Draft, of_form, of_mail
from heliodesk.intake.filing import file_all
from heliodesk.intake.mail import read
from heliodesk.intake.poison import put_aside
from heliodesk.intake.subject import find_ids

log = structlog.get_logger()
#: The advisory lock of whoever loads, decides and files.
_FILING = 0x1A7E
#: Classes of SQLSTATE that are trouble of the server, whatever the message: connections,
#: serialisation, resources, locks, an operator's hand, the system.
_OF_THE_SERVER = {"08", "40", "53", "55", "57", "58"}
#: One connection a process, beside Django's.
marks = Marks()


class TryLater(Exception):
    """The database or the blob store cannot be used now; the messages are safe and waiting."""


@dataclass(frozen=True)
class _Unreadable:
    """A message that could not be turned into a draft."""

    waiting: Waiting
    error: str


def file_waiting(*, at: datetime, ids: Sequence[int] | None = None, most: int = MOST) -> int:
    """File one batch of waiting messages; how many were settled (0: nothing waits).

    Those that a worker died over are filed one by one, as many as a batch has.

    Args:
        ids: only these, for a caller that wants its own message filed now.

    Raises:
        TryLater: the database or the blob store is away.
    """
    try:
        settled, alone = _batch(at=at, ids=ids, most=most)
        while alone and settled < most:
            done, alone = _batch(at=at, ids=ids, most=most)
            settled += done
        return settled
    except Exception as error:
        if _passes(error):
            raise TryLater(str(error)) from error
        log.warning("batch_failed", error=repr(error))
        return _one_by_one(at=at, ids=ids)


def _passes(error: Exception) -> bool:
    """Whether it is trouble of the desk, not of a message, which then stays waiting."""
    if isinstance(error, OperationalError):
        state = getattr(error.__cause__, "sqlstate", None)
        return state is None or state[:2] in _OF_THE_SERVER
    return isinstance(error, InterfaceError | StoreTrouble | packs.NoActivePack)


def _one_by_one(*, at: datetime, ids: Sequence[int] | None) -> int:
    """File the messages of a failed batch alone, each in a transaction; the poison is held."""
    with transaction.atomic():
        waiting = claim(at=at, ids=ids)
    settled = 0
    for one in waiting:
        try:
            settled += _batch(at=at, ids=[one.id], most=1)[0]
        except Exception as error:
            if _passes(error):
                raise TryLater(str(error)) from error
            log.exception("message_failed", inbound=one.id)
            put_aside(one, f"{type(error).__name__}: {error}", at=at)
            settled += 1
    return settled


def _batch(*, at: datetime, ids: Sequence[int] | None, most: int) -> tuple[int, bool]:
    """File what can be claimed; how many, and whether it was a suspect and filed alone."""
    with transaction.atomic():
        waiting = claim(at=at, ids=ids, most=most)
        if not waiting:
            return 0, False
        alone = waiting[0].suspect
        if alone and deaths(waiting[0].id) >= FATAL:
            put_aside(waiting[0], "Reading this message ended the worker each time.", at=at)
            clear(0, [waiting[0].id])
            return 1, alone
        with marks.over(waiting, at=at) as mark:
            _file(waiting, at=at)
            clear(mark, [one.id for one in waiting])
    return len(waiting), alone


def _file(waiting: Sequence[Waiting], *, at: datetime) -> None:
    boxes, pack = active_mailboxes(), packs.active()
    drafts, unreadable = _read_all(waiting, boxes, pack)
    blobs.put_many([part.data for draft in drafts for part in draft.parts])
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_FILING])
    known = facts.load(drafts, pack, boxes, at=at)
    outcomes = decide_all(drafts, known, at=at, failed_auth=settings.MAIL_FAILED_AUTH)
    filed = file_all(drafts, outcomes, known, at=at)
    for one in unreadable:
        put_aside(one.waiting, one.error, at=at)
    fates = Counter(outcome.fate.value for outcome in outcomes)
    log.info("mail filed", messages=len(waiting), unreadable=len(unreadable), **fates)
    for index, (draft, outcome) in enumerate(zip(drafts, outcomes, strict=True)):
        log.debug(
            "filed",
            inbound=draft.inbound_id,
            message_id=draft.message_id,
            fate=outcome.fate,
            reason=outcome.reason,
            place=filed.places.get(index),
        )


def _read_all(
    waiting: Sequence[Waiting], boxes: Sequence[MailboxFacts], pack: packs.ActivePack
) -> tuple[list[Draft], list[_Unreadable]]:
    own = own_addresses(boxes)
    drafts: list[Draft] = []
    unreadable: list[_Unreadable] = []
    for one in waiting:
        try:
            drafts.append(draft_of(one, own, pack))
        except (MemoryError, DatabaseError):
            raise
        except Exception as error:
            log.exception("message_unreadable", inbound=one.id)
            unreadable.append(_Unreadable(one, f"{type(error).__name__}: {error}"))
    return drafts, unreadable


def draft_of(one: Waiting, own: frozenset[str], pack: packs.ActivePack) -> Draft:
    """The draft of a claimed message."""
    if one.channel == form.CHANNEL:
        return of_form(
            one.raw,
            inbound_id=one.id,
            at=one.received_at,
            mailbox_id=one.mailbox_id,
            pattern=pack.policy.pack.identifier.pattern,
            own_addresses=own,
        )
    pattern = pack.policy.pack.identifier.pattern
    draft = of_mail(
        read(one.raw, at=one.received_at),
        inbound_id=one.id,
        channel=one.channel,
        at=one.received_at,
        mailbox_id=one.mailbox_id,
        envelope_from=one.envelope_from,
        recipients=one.recipients,
        pattern=pattern,
        authserv_ids=settings.MAIL_AUTHSERV_IDS,
        own_addresses=own,
    )
    if pack.policy.pack.settings["id.require_parenthesis"].default is True:
        return replace(draft, ids=find_ids(draft.subject, pattern, bracketed_only=True))
    return draft
