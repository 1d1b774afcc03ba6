"""What the desk says: answers to the customer, and notes among colleagues."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import connection, transaction

from heliodesk.cases.actions import states, write
from heliodesk.cases.actions.drafts import drop_draft
from heliodesk.cases.actions.step import step
from heliodesk.cases.models import Case, Direction, Message
from heliodesk.cases.new import NewAttachment, NewMessage, Party
from heliodesk.cases.rules import TRANSITIONS, Refused, State, Verb
from heliodesk.journal.record import By
from heliodesk.kernel import reading, sql

_MOST_CHARACTERS = 200_000
_PARTIES = "select address, requester from cases_participant where case_id = %s order by id"
_THEN: dict[Verb, Callable[..., Case]] = {
    Verb.AWAIT_CUSTOMER: states.await_customer,
    Verb.AWAIT_VENDOR: states.await_vendor,
}


def reply(
    case: Case,
    *,
    text: str,
    by: By,
    at: datetime,
    attachments: Sequence[NewAttachment] = (),
    cc: Sequence[str] = (),
    then: Verb | None = None,
    resolution: str = "",
    seen_version: int | None = None,
) -> Message:
    """Answer the customer; sent to the requester and everybody copied.

    Args:
        then: what the case does next (wait for the customer or engineering, resolve).
        resolution: how it was solved, with ``Verb.RESOLVE``; the answer itself when empty.
        seen_version: refuse when somebody has answered since this version was shown.

    Raises:
        Refused: the text is empty or too long, nobody could receive it, or the table forbids it.
    """
    _check(text)
    with transaction.atomic():
        if cc:
            with connection.cursor() as cursor:
                write.participants(cursor, [(case.pk, Party(a), False) for a in cc], at=at)
        to, copied = _parties(case)
        message = _say(case, Direction.OUT, text, attachments, to=to, cc=copied, by=by, at=at)
        row = step(
            case,
            Verb.REPLY,
            by=by,
            at=at,
            data={"message": message.pk},
            seen_version=seen_version,
            first_response_at=case.first_response_at or at,
            **({} if case.owner_id else {"owner_id": by.id}),
        )
        if then is Verb.RESOLVE:
            states.resolve(row, text=resolution or text, by=by, at=at)
        elif then and row.state in {State.ASSIGNED, State.PENDING_CUSTOMER, State.PENDING_VENDOR}:
            _after(row, then, by=by, at=at)
        if by.id:
            drop_draft(case, user_id=by.id, mode="reply")
    return message


def note(
    case: Case, *, text: str, by: By, at: datetime, attachments: Sequence[NewAttachment] = ()
) -> Message:
    """Say something to colleagues only; customers never see it.

    Raises:
        Refused: the text is empty or too long.
    """
    _check(text)
    with transaction.atomic():
        message = _say(case, Direction.NOTE, text, attachments, to=(), by=by, at=at)
        step(case, Verb.NOTE, by=by, at=at, data={"message": message.pk})
        if by.id:
            drop_draft(case, user_id=by.id, mode="note")
    return message


def _after(case: Case, then: Verb, *, by: By, at: datetime) -> None:
    if then not in _THEN:
        raise Refused(f"An answer cannot be followed by “{then.value}”.")
    if case.state != TRANSITIONS[then][State.ASSIGNED].to:
        _THEN[then](case, by=by, at=at)


def _check(text: str) -> None:
    if not text.strip():
        raise Refused("There is nothing to send yet. Write a text first.")
    if len(text) > _MOST_CHARACTERS:
        raise Refused(
            f"The text has {len(text):,} characters; {_MOST_CHARACTERS:,} fit. "
            "Attach the rest as a file."
        )


def _parties(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The address an answer goes to, and those that are copied."""
    found = reading.rows(connection, _PARTIES, [case.pk])
    to = tuple(str(address) for address, requester in found if requester)
    if not to:
        raise Refused("Nobody on this case can receive mail. Add a participant first.")
    return to, tuple(str(address) for address, requester in found if not requester)


def _say(
    case: Case,
    direction: str,
    text: str,
    attachments: Sequence[NewAttachment],
    *,
    to: tuple[str, ...],
    cc: tuple[str, ...] = (),
    by: By,
    at: datetime,
) -> Message:
    new = NewMessage(
        channel="desk",
        at=at,
        author_name=by.name,
        author_user_id=by.id if by.kind == "user" else None,
        direction=direction,
        text=text,
        to=to,
        cc=cc,
        attachments=tuple(attachments),
    )
    with sql.prepared(connection) as cursor:
        (id,) = write.messages(cursor, [(case.pk, new)])
    return Message(**write.message_columns(id, case.pk, new))
