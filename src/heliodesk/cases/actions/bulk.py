"""One verb on many cases: started at once, worked through case by case, undone the same way.

Each case is a transaction of its own: the verb and the mark that it is done. A run that loses its
page, its process or its machine goes on where it stopped; what a verb refuses is told by case.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from heliodesk.cases import tags
from heliodesk.cases.access import visible
from heliodesk.cases.actions import ownership, qualifying, states, tagging
from heliodesk.cases.letters import SECOND_THOUGHTS
from heliodesk.cases.models import BulkRun, BulkStep, Case
from heliodesk.cases.rules import Refused, State
from heliodesk.identity.models import User
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May, permissions
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel import reading

#: Cases that one run may hold.
MOST = 2000
UNDO = "undo"
Given = Mapping[str, Any]


class Bulk(NamedTuple):
    """A verb that can be done to many."""

    do: Callable[[Case, Given, By, datetime], Case]
    #: Puts a case back to what it was, when that can be done.
    undo: Callable[[Case, Given, By, datetime], Case] | None = None
    #: What has to be said first, and the sentence when it is not.
    asks: tuple[str, str] | None = None
    #: Only with this permission can it be undone.
    undo_needs: May | None = None
    #: Customers are told: it waits as long as an answer does, and until then nothing happens.
    tells: bool = False


def _give_back(case: Case, before: Given, by: By, at: datetime) -> Case:
    """Its owner as before."""
    if before["owner"]:
        return ownership.assign(case, owner_id=before["owner"], by=by, at=at)
    return ownership.release(case, by=by, at=at)


def _take_up(case: Case, before: Given, by: By, at: datetime) -> Case:
    """Its state as before, among those of work."""
    verbs = {
        State.ASSIGNED: states.resume,
        State.PENDING_CUSTOMER: states.await_customer,
        State.PENDING_VENDOR: states.await_vendor,
    }
    return verbs[State(before["state"])](case, by=by, at=at)


def _bring_back(case: Case, before: Given, by: By, at: datetime) -> Case:
    """A case that was ended, exactly as it was."""
    return states.revert(
        case,
        former=State(before["state"]),
        resolution=before.get("resolution", case.resolution),
        flags=before.get("flags", case.flags),
        since=datetime.fromisoformat(before["at"]) if "at" in before else at,
        by=by,
        at=at,
    )


def _set_tags(case: Case, before: Given, by: By, at: datetime) -> Case:
    then = set(before["tags"])
    now = {one.id for one in tags.of(case.tags)}
    return tagging.tag(case, add=then - now, remove=now - then, by=by, at=at)


BULK: Mapping[str, Bulk] = {
    "take": Bulk(lambda c, g, by, at: ownership.take(c, by=by, at=at), _give_back),
    "assign": Bulk(
        lambda c, g, by, at: ownership.assign(c, owner_id=int(g["owner"]), by=by, at=at),
        _give_back,
        ("owner", "Choose a colleague."),
    ),
    "release": Bulk(lambda c, g, by, at: ownership.release(c, by=by, at=at), _give_back),
    "move": Bulk(
        lambda c, g, by, at: qualifying.move(c, queue=g["queue"], by=by, at=at),
        lambda c, b, by, at: qualifying.move(c, queue=b["queue"], by=by, at=at),
        ("queue", "Choose a queue."),
    ),
    "tag": Bulk(
        lambda c, g, by, at: tagging.tag(c, add=g["tags"], by=by, at=at),
        _set_tags,
        ("tags", "Choose a tag."),
    ),
    "untag": Bulk(
        lambda c, g, by, at: tagging.tag(c, remove=g["tags"], by=by, at=at),
        _set_tags,
        ("tags", "Choose a tag."),
    ),
    "prioritise": Bulk(
        lambda c, g, by, at: qualifying.prioritise(
            c, priority=g["priority"], reason=g["reason"], by=by, at=at
        ),
        lambda c, b, by, at: qualifying.prioritise(
            c, priority=b["priority"], reason="The change of many was undone.", by=by, at=at
        ),
        ("reason", "Say why the priority changes."),
    ),
    "await_customer": Bulk(lambda c, g, by, at: states.await_customer(c, by=by, at=at), _take_up),
    "await_vendor": Bulk(lambda c, g, by, at: states.await_vendor(c, by=by, at=at), _take_up),
    "resolve": Bulk(
        lambda c, g, by, at: states.resolve(c, text=g["text"], by=by, at=at),
        _bring_back,
        ("text", "Say how they were solved; each customer reads it."),
        tells=True,
    ),
    "close": Bulk(lambda c, g, by, at: states.close(c, by=by, at=at), _bring_back),
    "reopen": Bulk(lambda c, g, by, at: states.reopen(c, by=by, at=at)),
    "cancel": Bulk(
        lambda c, g, by, at: states.cancel(c, reason=g["reason"], by=by, at=at),
        _bring_back,
        ("reason", "Say why they are cancelled."),
        May.REVIVE_CANCELLED,
    ),
    "spam": Bulk(
        lambda c, g, by, at: states.cancel(c, reason="Spam", by=by, at=at),
        _bring_back,
        undo_needs=May.REVIVE_CANCELLED,
    ),
}


@transaction.atomic
def start(
    verb: str, cases: Sequence[int], *, given: Given, person: Person, at: datetime
) -> BulkRun:
    """Begin a verb on these cases, in this order; ``work`` does it.

    Raises:
        Refused: no such verb, nothing chosen that this person may see, too many, or something
            that the verb asks was not said.
    """
    bulk = BULK.get(verb)
    if bulk is None:
        raise Refused("This cannot be done to many cases at once.")
    if bulk.asks and not given.get(bulk.asks[0]):
        raise Refused(bulk.asks[1])
    if len(cases) > MOST:
        raise Refused(f"At most {MOST:,} cases at once, please. Choose fewer.")
    run = BulkRun.objects.create(
        user_id=person.id,
        verb=verb,
        given=dict(given),
        total=0,
        at=at,
        begins_at=at + SECOND_THOUGHTS if bulk.tells else None,
    )
    seen, params = visible(person)
    given_ids: list[Any] = [run.pk, list(cases), *params]
    with connection.cursor() as cursor:
        cursor.execute(_STEPS.format(seen=seen), given_ids)
        run.total = cursor.rowcount
    if not run.total:
        raise Refused("Choose at least one case.")
    run.save(update_fields=["total"])
    record([_told("bulk_started", run)], by=person.by, at=at)
    return run


_STEPS = """
insert into cases_bulkstep (run_id, case_id, trouble, before)
select %s, c.id, '', '{{}}' from (
    select id, min(place) as place from unnest(%s::bigint[]) with ordinality w (id, place)
    group by id) w
join cases_case c on c.id = w.id where {seen} order by w.place
"""


@transaction.atomic
def undo(run: BulkRun, *, person: Person, at: datetime) -> BulkRun:
    """Begin to put everything back that a run has changed; what it has not begun is left. A run
    that still waits has changed nothing, and never will.

    Raises:
        Refused: it cannot be undone, or was.
    """
    row = BulkRun.objects.select_for_update().get(pk=run.pk)
    bulk = BULK.get(row.verb)
    if bulk is None or bulk.undo is None:
        raise Refused("This cannot be undone for many at once.")
    if bulk.undo_needs and not person.may(bulk.undo_needs):
        raise Refused("Only a lead brings cancelled cases back.")
    if BulkRun.objects.filter(undoes=row).exists():
        raise Refused("This was undone already.")
    stopped = BulkStep.objects.filter(run=row, done_at=None).update(
        done_at=at, trouble="Undone before its turn."
    )
    BulkRun.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at)
    new = BulkRun.objects.create(
        user_id=person.id, verb=UNDO, given={}, total=0, undoes=row, at=at, ended_at=None
    )
    with connection.cursor() as cursor:
        cursor.execute(_BACK, [new.pk, row.pk])
        new.total = cursor.rowcount
    if not new.total and not stopped:
        raise Refused("Nothing was changed, so there is nothing to undo.")
    new.ended_at = None if new.total else at
    new.save(update_fields=["total", "ended_at"])
    record([_told("bulk_undone", row)], by=person.by, at=at)
    return new


_BACK = """
insert into cases_bulkstep (run_id, case_id, trouble, before, version)
select %s, case_id, '', before, version from cases_bulkstep
where run_id = %s and done_at is not null and trouble = '' order by id
"""


def work(at: datetime, *, run_id: int | None = None, seconds: float = 0.5) -> int:
    """Go on with runs that have not ended, for so long; how many cases were settled.

    Args:
        run_id: only this one.
    """
    until, done = time.monotonic() + seconds, 0
    for run in _not_ended(run_id, at):
        while time.monotonic() < until and _next(run, at):
            done += 1
        _end(run, at)
    return done


def _not_ended(run_id: int | None, at: datetime) -> list[BulkRun]:
    begun = Q(begins_at=None) | Q(begins_at__lte=at)
    runs = BulkRun.objects.filter(begun, ended_at=None).select_related("user__own_role", "undoes")
    if run_id is not None:
        runs = runs.filter(pk=run_id)
    return list(runs.order_by("id")[:20])


@transaction.atomic
def _next(run: BulkRun, at: datetime) -> bool:
    """Settle the next case of a run that nobody else is at; false when there is none."""
    steps = BulkStep.objects.select_for_update(skip_locked=True, of=("self",))
    step = steps.filter(run=run, done_at=None).order_by("id").first()
    if step is None:
        return False
    case = reading.records(connection, Case, "where id = %s", [step.case_id])[0]
    try:
        with transaction.atomic():
            _do(run, step, case, at)
    except Refused as refusal:
        step.trouble = str(refusal)
    step.done_at = at
    step.save(update_fields=["done_at", "trouble", "before", "version"])
    return True


def _do(run: BulkRun, step: BulkStep, case: Case, at: datetime) -> None:
    by = _by(run.user)
    if run.verb == UNDO:
        bulk = BULK[run.undoes.verb] if run.undoes else None
        if bulk is None or bulk.undo is None:
            raise Refused("This cannot be undone for many at once.")
        if case.version != step.version:
            raise Refused("Somebody worked on it since, so it was left as it is.")
        bulk.undo(case, step.before, by, at)
        return
    before = {
        "owner": case.owner_id,
        "queue": case.queue,
        "priority": case.priority,
        "state": case.state,
        "resolution": case.resolution,
        "flags": list(case.flags),
        "at": at.isoformat(),
        "tags": [one.id for one in tags.of(case.tags)],
    }
    row = BULK[run.verb].do(case, run.given, by, at)
    step.before, step.version = before, row.version


def _by(user: User) -> By:
    """The person of a run as the doer, with what they may do now."""
    by = By("user", user.pk, user.name, user.role)
    if user.own_role is None:
        return by
    return replace(by, own=permissions(user.role, user.own_role.permissions))


def _end(run: BulkRun, at: datetime) -> None:
    """Close a run of which every case is settled."""
    if not BulkStep.objects.filter(run=run, done_at=None).exists():
        BulkRun.objects.filter(pk=run.pk, ended_at=None).update(ended_at=at)


def forget_old(at: datetime, keep_days: int = 30) -> int:
    """Forget runs that ended long ago; the journal keeps what each did to its case."""
    with connection.cursor() as cursor:
        cursor.execute(_OLD, [at, keep_days])
        return int(cursor.rowcount)


_OLD = """
with old as (select id from cases_bulkrun where ended_at < %s - %s * interval '1 day'
             order by id limit 100),
gone as (select id from old union select id from cases_bulkrun where undoes_id in (
    select id from old)),
steps as (delete from cases_bulkstep where run_id in (select id from gone))
delete from cases_bulkrun where id in (select id from gone)
"""


def _told(verb: str, run: BulkRun) -> Happening:
    return Happening(verb, "bulk", run.pk, {"verb": run.verb, "total": run.total})
