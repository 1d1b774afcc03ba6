"""Split a case: messages that are about something else go to a new one. It can be undone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from heliodesk.cases.actions import write
from heliodesk.cases.actions.merging import merge
from heliodesk.cases.actions.opening import place
from heliodesk.cases.actions.step import actor_of, locked, step
from heliodesk.cases.models import Case, CaseSplit, Direction, Message, Participant
from heliodesk.cases.new import NewCase, NewMessage, Opened, Party
from heliodesk.cases.rules import SPLIT_OFF, Happened, Refused, Stage, State, Verb, after
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel import reading, sql
from heliodesk.kernel.clock import NEVER
from heliodesk.kernel.text import one_line

#: Nothing new is said when a case is split.
_NONE = NewMessage(channel="desk", at=NEVER, author_name="", text="")


@dataclass(frozen=True, kw_only=True)
class Splitting:
    """What goes to the new case, and what that is."""

    message_ids: Collection[int]
    title: str
    kind: str
    priority: str
    #: Whether the customer is told of the new case and its reference.
    tell: bool = False
    #: The first sentence of that mail, in the customer's language.
    sentence: str = ""


def split(case: Case, wanted: Splitting, *, by: By, at: datetime) -> Opened:
    """Open a case with these messages of another, for the same people and the same contract.

    Raises:
        Refused: nothing or everything is chosen, there is no title, or the table forbids it.
    """
    title = one_line(wanted.title, 500)
    if not title:
        raise Refused("Give the new case a title: the words a colleague would look for.")
    if wanted.priority not in {"P2", "P3", "P4"}:
        raise Refused("Choose P2, P3 or P4. A P1 is made by telephone only.")
    with transaction.atomic():
        source = locked(case)
        moved = _chosen(source, wanted.message_ids)
        first = next((one for one in moved if _of_customer(one)), None)
        if wanted.tell and first is None:
            raise Refused("Choose a message of the customer as well, or do not tell them.")
        with sql.prepared(connection) as cursor:
            new = _new(source, wanted, title, first)
            ((id, ref),) = place(cursor, [new], at=at)
        _move(moved, source=source, to=id)
        CaseSplit.objects.create(case_id=id, source=source, at=at)
        data = {"into": ref, "into_id": id, "moved": [one.pk for one in moved]}
        step(source, Verb.SPLIT, by=by, at=at, data=data)
        opened = Opened(id, ref, (first or moved[0]).pk)
        _record_opening(opened, source, wanted, by=by, at=at)
    return opened


def _chosen(source: Case, ids: Collection[int]) -> list[Message]:
    """The chosen messages, the oldest first."""
    columns = ("id", "direction", "channel", "at", "automatic", "pending", "origin_id")
    said = list(Message.objects.filter(case=source).order_by("id").only(*columns))
    moved = [one for one in said if one.pk in set(ids)]
    if not moved:
        raise Refused("Choose the messages that go to the new case.")
    if len(moved) == len(said):
        raise Refused("Leave at least one message here, or rename the case instead.")
    return moved


def _of_customer(one: Message) -> bool:
    return one.direction == Direction.IN and not one.pending and not one.automatic


def _new(source: Case, wanted: Splitting, title: str, first: Message | None) -> NewCase:
    parties = list(Participant.objects.filter(case=source).order_by("id"))
    requester = next((party for party in parties if party.requester), None)
    return NewCase(
        account_id=source.account_id,
        contact_id=source.contact_id,
        mailbox_id=source.mailbox_id,
        channel=first.channel if first else source.channel,
        title=title,
        kind=wanted.kind,
        severity=wanted.priority,
        priority=wanted.priority,
        queue=source.queue,
        package=source.package,
        decision_id=source.decision_id,
        flags=(SPLIT_OFF,),
        offshore=source.offshore,
        urgency=_urgency(source.urgency),
        requester=_party(requester) if requester else None,
        copied=tuple(_party(party) for party in parties if not party.requester),
        message=_NONE,
    )


def _urgency(of_source: int) -> int:
    """In good time, with the package's weight; its clocks start by themselves."""
    return Stage.RUNNING * 20 + of_source % 20


def _party(row: Participant) -> Party:
    return Party(row.address, row.name, row.contact_id)


def _move(messages: Sequence[Message], *, source: Case, to: int) -> None:
    """Hang the messages at the new case; a search finds them there from now on."""
    found = Message.objects.filter(pk__in=[one.pk for one in messages])
    found.filter(origin=None).update(origin=source.pk)
    found.update(case=to, bucket=to // write.BUCKET)


def _record_opening(
    opened: Opened, source: Case, wanted: Splitting, *, by: By, at: datetime
) -> None:
    told = {"answer": wanted.tell, "sentence": wanted.sentence}
    data = {
        "message": opened.message_id,
        "priority": wanted.priority,
        "split_from": source.ref,
    }
    record([Happening(Happened.OPENED, "case", opened.id, data, told=told)], by=by, at=at)


def unsplit(case: Case, *, by: By, at: datetime) -> Case:
    """Take a split back: the messages return, and what was said since is merged in after them.

    Raises:
        Refused: the case was not split off, or the other has gone.
    """
    after(Verb.UNSPLIT, State(case.state), actor_of(by))
    with transaction.atomic():
        row = CaseSplit.objects.select_related("source").filter(case=case).first()
        if row is None:
            raise Refused(f"Case {case.ref} was not split off another.")
        source = row.source
        back = Message.objects.filter(pk__in=_moved(source.pk, case.pk), case=case)
        back.filter(origin=source.pk).update(origin=None)
        back.update(case=source.pk, bucket=source.pk // write.BUCKET)
        row.delete()
        flags = [flag for flag in case.flags if flag != SPLIT_OFF]
        Case.objects.filter(pk=case.pk).update(flags=flags)
        return merge(case, into=source, by=by, at=at)


_MOVED = """
select data from journal_event where subject_kind = 'case' and subject_id = %s and verb = 'split'
   and (data ->> 'into_id')::bigint = %s order by id desc limit 1
"""


def _moved(source_id: int, case_id: int) -> list[int]:
    """The messages that a split took, as the journal has it."""
    found = reading.rows(connection, _MOVED, [source_id, case_id])
    return [int(id) for id in found[0][0]["moved"]] if found else []
