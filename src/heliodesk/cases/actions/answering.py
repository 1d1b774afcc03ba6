"""What the desk says: answers to the customer, and notes among colleagues."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from heliodesk.cases.actions import states, write
from heliodesk.cases.actions.drafts import drop_draft
from heliodesk.cases.actions.step import step
from heliodesk.cases.letters import placed
from heliodesk.cases.models import Case, Direction, Message
from heliodesk.cases.new import NewAttachment, NewMessage, Party
from heliodesk.cases.rules import TRANSITIONS, Refused, State, Verb
from heliodesk.channels.outgoing import is_address
from heliodesk.journal.record import By
from heliodesk.kernel import reading, sql

_MOST_CHARACTERS = 200_000
_PARTIES = "select address, requester from cases_participant where case_id = %s order by id"
_THEN: dict[Verb, Callable[..., Case]] = {
    Verb.AWAIT_CUSTOMER: states.await_customer,
    Verb.AWAIT_VENDOR: states.await_vendor,
}


def answer(
    case: Case,
    *,
    text: str,
    by: By,
    at: datetime,
    attachments: Sequence[NewAttachment] = (),
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    then: Verb | None = None,
    resolution: str = "",
    seen_version: int | None = None,
) -> Message:
    """Answer the customer; sent to the requester and everybody copied. Drafts stay as they are.

    Args:
        cc: copied from now on. bcc: get this one answer, and nobody else is told.
        then: what the case does next (wait for the customer or engineering, resolve).
        resolution: how it was solved, with ``Verb.RESOLVE``; the answer itself when empty.
        seen_version: refuse when somebody has answered since this version was shown.

    Raises:
        Refused: the text is empty or too long, nobody could receive it, or the table forbids it.
    """
    check_text(text)
    with transaction.atomic():
        if cc:
            parties = [(case.pk, Party(address), False) for address in addresses(cc)]
            with connection.cursor() as cursor:
                write.participants(cursor, parties, at=at)
        to, copied = _parties(case)
        hidden = [address for address in addresses(bcc) if address not in {*to, *copied}]
        message = say(
            case,
            Direction.OUT,
            text,
            attachments,
            to=to,
            cc=copied,
            marks={"bcc": hidden} if hidden else {},
            by=by,
            at=at,
        )
        owner: dict[str, Any] = {} if case.owner_id else {"owner_id": by.id}
        row = step(
            case,
            Verb.REPLY,
            by=by,
            at=at,
            data={"message": message.pk},
            seen_version=seen_version,
            first_response_at=case.first_response_at or at,
            **owner,
        )
        if then is Verb.RESOLVE:
            states.resolve(row, text=resolution or text, by=by, at=at)
        elif then and row.state in {State.ASSIGNED, State.PENDING_CUSTOMER, State.PENDING_VENDOR}:
            _after(row, then, by=by, at=at)
    return message


def reply(
    case: Case, *, text: str, by: By, at: datetime, then: Verb | None = None, **more: Any
) -> Message:
    """Answer the customer, as ``answer``; what stood in the box is sent, its draft is done.

    Raises:
        Refused: the text is empty or too long, nobody could receive it, or the table forbids it.
    """
    with transaction.atomic():
        message = answer(case, text=text, by=by, at=at, then=then, **more)
        if by.id:
            drop_draft(case, user_id=by.id, mode="reply")
    return message


def note(
    case: Case,
    *,
    text: str,
    by: By,
    at: datetime,
    attachments: Sequence[NewAttachment] = (),
    mentions: Mapping[int, str] | None = None,
) -> Message:
    """Say something to colleagues only; customers never see it.

    Args:
        mentions: colleagues named in the text, by id; they get a notice.

    Raises:
        Refused: the text is empty or too long.
    """
    check_text(text)
    named = {str(id): name for id, name in (mentions or {}).items()}
    marks = {"mentions": named} if named else {}
    with transaction.atomic():
        message = say(case, Direction.NOTE, text, attachments, to=(), marks=marks, by=by, at=at)
        data = {"message": message.pk, **({"mentions": sorted(mentions)} if mentions else {})}
        step(case, Verb.NOTE, by=by, at=at, data=data)
        if by.id:
            drop_draft(case, user_id=by.id, mode="note")
    return message


def _after(case: Case, then: Verb, *, by: By, at: datetime) -> None:
    if then not in _THEN:
        raise Refused(f"An answer cannot be followed by “{then.value}”.")
    if case.state != TRANSITIONS[then][State.ASSIGNED].to:
        _THEN[then](case, by=by, at=at)


def check_text(text: str) -> None:
    """Refuse what is empty, or longer than anybody reads.

    Raises:
        Refused: the text is one of the two.
    """
    if not text.strip():
        raise Refused("There is nothing to send yet. Write a text first.")
    if len(text) > _MOST_CHARACTERS:
        raise Refused(
            f"The text has {len(text):,} characters; {_MOST_CHARACTERS:,} fit. "
            "Attach the rest as a file."
        )


def addresses(given: Sequence[str]) -> tuple[str, ...]:
    """E-mail addresses in lower case, each once.

    Raises:
        Refused: one of them cannot be one.
    """
    found = dict.fromkeys(one.strip().lower() for one in given if one.strip())
    for address in found:
        if not is_address(address):
            raise Refused(f"“{address}” is not an e-mail address.")
    return tuple(found)


def _parties(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The address an answer goes to, and those that are copied."""
    found = reading.rows(connection, _PARTIES, [case.pk])
    to = tuple(str(address) for address, requester in found if requester)
    if not to:
        raise Refused("Nobody on this case can receive mail. Add a participant first.")
    return to, tuple(str(address) for address, requester in found if not requester)


def say(
    case: Case,
    direction: str,
    text: str,
    attachments: Sequence[NewAttachment],
    *,
    to: tuple[str, ...],
    cc: tuple[str, ...] = (),
    marks: dict[str, Any] | None = None,
    subject: str = "",
    by: By,
    at: datetime,
) -> Message:
    """Write down what was said; pictures that the text shows become part of it."""
    new = NewMessage(
        channel="desk",
        at=at,
        author_name=by.name,
        author_user_id=by.id if by.kind == "user" else None,
        direction=direction,
        text=text,
        to=to,
        cc=cc,
        subject=subject,
        marks=marks or {},
        attachments=placed(text, attachments),
    )
    with sql.prepared(connection) as cursor:
        (id,) = write.messages(cursor, [(case.pk, new)])
    return Message(**write.message_columns(id, case.pk, new))
