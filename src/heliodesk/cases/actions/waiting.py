"""Letters that wait: for ten seconds, in which their writer may think again, or until a time that
was chosen. Until it is sent nothing has happened to the case, so that taking it back undoes
everything. It is sent and forgotten in one transaction: never twice, and never lost.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from heliodesk.cases.actions import drafts
from heliodesk.cases.actions.answering import addresses, answer, check_text
from heliodesk.cases.actions.forwarding import forward
from heliodesk.cases.actions.holding import check_nothing_is_owed
from heliodesk.cases.actions.step import Stale, actor_of, locked
from heliodesk.cases.letters import SECOND_THOUGHTS, Written, written
from heliodesk.cases.models import Case, Direction, Message, Participant, WaitingLetter
from heliodesk.cases.rules import Happened, Refused, State, Verb, after
from heliodesk.identity.models import User
from heliodesk.journal.record import SYSTEM, By, Happening, record, stir

log = structlog.get_logger()
#: Nobody plans further ahead.
FURTHEST = timedelta(days=365)
_MOST = 50
#: Done with a case once its letter is sent, in the same transaction; what was not possible.
Afterwards = Callable[[Case, Written, By, datetime], list[str]]


def send_off(
    case: Case,
    letter: Written,
    *,
    by: By,
    at: datetime,
    due_at: datetime | None = None,
    seen_version: int | None = None,
) -> WaitingLetter:
    """Let a letter wait until it is due; its draft is done.

    Args:
        due_at: a time that was chosen; none waits as long as somebody may think again.
        seen_version: refuse when the case has changed since this version was shown.

    Raises:
        Refused: it could not be sent as things are.
        Stale: somebody was faster.
    """
    if due_at is not None and not at < due_at <= at + FURTHEST:
        raise Refused("Choose a time that is still to come, within a year.")
    if by.id is None:
        raise Refused("Only a person can send a letter later.")
    with transaction.atomic():
        row = locked(case)
        if seen_version is not None and row.version != seen_version:
            raise Stale(
                "Somebody else worked on this case meanwhile. Look at what is new, then try again."
            )
        if seen_version is not None:
            _nobody_else_answers(row, by.id)
        _sendable(row, letter, by)
        waiting = WaitingLetter.objects.create(
            case=row,
            user_id=by.id,
            mode=letter.mode,
            text=letter.text,
            rest=letter.rest,
            files=[asdict(one) for one in letter.files],
            brief=due_at is None,
            made_at=at,
            due_at=due_at or at + SECOND_THOUGHTS,
            seen_message=_newest(row),
            seen_state=row.state,
        )
        drafts.drop_draft(case, user_id=by.id, mode=letter.mode)
        stir("case", [case.pk])
    return waiting


def take_back(id: int, case: Case, *, by: By, at: datetime) -> WaitingLetter:
    """Make a letter that waits a draft of its writer again. A colleague may do that, too: the
    writer is told.

    Raises:
        Refused: it is sent already.
    """
    with transaction.atomic():
        row = _found(id, case)
        letter = written(row.mode, row.text, row.rest, row.files)
        drafts.put_back(case, letter, user_id=row.user_id, at=at)
        row.delete()
        if row.user_id != by.id:
            why = f"{by.name} took it back; it is among your drafts again."
            _tell_held(row, why, by=by, at=at)
        stir("case", [case.pk])
    return row


def drop(id: int, case: Case, *, by: By, at: datetime) -> None:
    """Throw away a letter that waits; only its writer does.

    Raises:
        Refused: it is sent already, or somebody else's.
    """
    with transaction.atomic():
        row = _found(id, case)
        if row.user_id != by.id:
            raise Refused("Only who wrote it throws it away. Take it back instead.")
        row.delete()
        stir("case", [case.pk])


def send_now(id: int, case: Case, *, by: By, at: datetime) -> WaitingLetter:
    """Let a letter go out at once, whatever came meanwhile: its writer has read it.

    Raises:
        Refused: it is sent already, or somebody else's.
    """
    with transaction.atomic():
        row = _found(id, case)
        if row.user_id != by.id:
            raise Refused("Only who wrote it sends it. Take it back, or write one of your own.")
        now = locked(case)
        row.held_for, row.due_at = "", at
        row.seen_message, row.seen_state = _newest(now), now.state
        row.save()
        stir("case", [case.pk])
    return row


def send_due(at: datetime, *, afterwards: Afterwards | None = None) -> int:
    """Send the letters that are due; how many were settled. One that fails holds up no other."""
    settled, passed = 0, set[int]()
    while settled < _MOST:
        row: WaitingLetter | None = None
        try:
            with transaction.atomic():
                row = _next(at, passed)
                if row is None:
                    break
                passed.add(row.pk)
                _settle(row, at, afterwards)
        except Exception as error:
            if row is None:
                raise
            log.exception("letter_failed", letter=row.pk)
            with transaction.atomic():
                again = WaitingLetter.objects.select_for_update().filter(pk=row.pk).first()
                if again:
                    _hold(again, f"It could not be sent: {type(error).__name__}.", at=at)
        settled += 1
    return settled


def _next(at: datetime, passed: set[int]) -> WaitingLetter | None:
    due = WaitingLetter.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        held_for="", due_at__lte=at
    )
    return due.exclude(pk__in=passed).order_by("due_at", "id").first()


def _settle(row: WaitingLetter, at: datetime, afterwards: Afterwards | None) -> None:
    """Send a letter, or hold it and say why."""
    case, user = locked(row.case), User.staff.get(pk=row.user_id)
    letter = written(row.mode, row.text, row.rest, row.files)
    by = By("user", user.pk, user.name, user.role)
    why = hindrance(row, case) if user.is_active else "Its writer does not work here any more."
    if not why:
        try:
            with transaction.atomic():
                send(case, letter, by=by, at=at)
                troubles = afterwards(case, letter, by, at) if afterwards else []
                row.delete()
        except Refused as refusal:
            why = str(refusal)
        else:
            for trouble in troubles:
                _tell_held(row, trouble, by=SYSTEM, at=at)
            return
    _hold(row, why, at=at)


def send_at_once(
    case: Case, letter: Written, *, by: By, at: datetime, seen_version: int | None = None
) -> Message:
    """Send what stands in the box now; its draft is done.

    Raises:
        Refused: it is not possible.
    """
    with transaction.atomic():
        message = send(case, letter, by=by, at=at, seen_version=seen_version)
        if by.id:
            drafts.drop_draft(case, user_id=by.id, mode=letter.mode)
    return message


def send(
    case: Case, letter: Written, *, by: By, at: datetime, seen_version: int | None = None
) -> Message:
    """Send a letter; what its writer began to write since stays a draft.

    Raises:
        Refused: it is not possible.
    """
    if letter.mode == "forward":
        return forward(case, letter, seen_version=seen_version, by=by, at=at)
    files = [one.attachment for one in letter.files]
    return answer(
        case,
        text=letter.text,
        attachments=files,
        cc=letter.cc,
        bcc=letter.bcc,
        then=Verb(letter.then) if letter.then else None,
        seen_version=seen_version,
        by=by,
        at=at,
    )


def hindrance(row: WaitingLetter, case: Case) -> str:
    """Why a letter is held rather than sent: what its writer had not seen. Empty when nothing."""
    if row.mode == "reply":
        new = Message.objects.filter(case=case, pk__gt=row.seen_message, automatic=False)
        said = new.exclude(direction=Direction.NOTE).order_by("-id").first()
        if said and said.direction == Direction.IN:
            return f"{said.author_name} wrote before it was sent."
        if said:
            return f"{said.author_name} answered before it was sent."
    if case.state != row.seen_state and not (row.mode == "reply" and _only_work(row, case)):
        return "The state of the case changed before it was sent."
    return ""


def _only_work(row: WaitingLetter, case: Case) -> bool:
    """Whether somebody only took the case: that is no reason to keep an answer back."""
    return {row.seen_state, case.state} <= {State.NEW, State.ASSIGNED}


def _hold(row: WaitingLetter, why: str, *, at: datetime) -> None:
    row.held_for = why[:2000]
    row.save(update_fields=["held_for"])
    _tell_held(row, why, by=SYSTEM, at=at)


def _tell_held(row: WaitingLetter, why: str, *, by: By, at: datetime) -> None:
    data = {"writer": row.user_id, "reason": why}
    record([Happening(Happened.LETTER_HELD, "case", row.case_id, data)], by=by, at=at)


def _found(id: int, case: Case) -> WaitingLetter:
    row = WaitingLetter.objects.select_for_update().filter(pk=id, case=case).first()
    if row is None:
        raise Refused("It is sent already, or somebody took it back.")
    return row


def _newest(case: Case) -> int:
    newest = Message.objects.filter(case=case).order_by("-id").values_list("pk", flat=True)
    return newest.first() or 0


def _nobody_else_answers(case: Case, writer: int) -> None:
    others = WaitingLetter.objects.filter(case=case, mode="reply", brief=True, held_for="")
    other = others.exclude(user_id=writer).select_related("user").first()
    if other:
        raise Stale(
            f"{other.user.name} has just answered. Read it, then send yours if it adds to it."
        )


def _sendable(case: Case, letter: Written, by: By) -> None:
    """Say now what would be refused later."""
    to, _cc, _bcc = (addresses(given) for given in (letter.to, letter.cc, letter.bcc))
    if letter.mode == "forward":
        after(Verb.FORWARD, State(case.state), actor_of(by))
        if not to:
            raise Refused("Say who gets it: put an e-mail address into “To”.")
        if letter.message is None:
            check_text(letter.text)
        return
    check_text(letter.text)
    after(Verb.REPLY, State(case.state), actor_of(by))
    if not Participant.objects.filter(case=case, requester=True).exists():
        raise Refused("Nobody on this case can receive mail. Add a participant first.")
    if letter.then == Verb.RESOLVE:
        check_nothing_is_owed(case)
