"""What is decided about keeping and forgetting. Each is told in the audit log, without names."""

from datetime import datetime

from django.db import IntegrityError, transaction

from heliodesk.customers.models import Contact
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line, storable
from heliodesk.privacy.models import Hold, Retention, Task
from heliodesk.privacy.queries import forgotten, obstacles
from heliodesk.privacy.rules import Keep, Kind, Refused, Standing, confirmed

_KINDS = ("account", "contact", "case")


@transaction.atomic
def keep_for(keep: Keep, *, months: int | None, by: By, at: datetime) -> None:
    """Keep one kind of record for so many months, or for ever with none."""
    row, _ = Retention.objects.select_for_update().get_or_create(keep=keep.value)
    if row.months == months:
        return
    before, row.months = row.months, months
    row.save(update_fields=["months"])
    data = {"keep": keep.value, "before": before, "after": months}
    record([Happening("retention_set", "retention", row.pk, data)], by=by, at=at)


@transaction.atomic
def run(keep: Keep, *, by: By, at: datetime) -> Task:
    """Carry a retention out now, in the background.

    Raises:
        Refused: it keeps for ever, or a run is under way.
    """
    row = Retention.objects.select_for_update().filter(keep=keep.value).first()
    if row is None or row.months is None:
        raise Refused("These records are kept for ever; say for how many months first.")
    if Task.objects.filter(kind=Kind.RETENTION, keep=keep, ended_at__isnull=True).exists():
        raise Refused("This is under way already.")
    row.ran_at = at
    row.save(update_fields=["ran_at"])
    return Task.objects.create(
        kind=Kind.RETENTION, keep=keep.value, asked_name=by.name, asked_by_id=_user(by), asked_at=at
    )


@transaction.atomic
def put_hold(
    subject_kind: str, subject_id: int, *, label: str, reason: str, by: By, at: datetime
) -> Hold:
    """Keep all that is about an account, a contact or a case, whatever the retention says.

    Raises:
        Refused: no reason, or there is a hold already.
    """
    why = one_line(storable(reason), 300)
    if not why:
        raise Refused("Say why it must be kept: whoever wants to lift it will ask.")
    if subject_kind not in _KINDS:
        raise Refused("A legal hold is on an account, a contact or a case.")
    try:
        with transaction.atomic():
            hold = Hold.objects.create(
                subject_kind=subject_kind, subject_id=subject_id, label=one_line(label, 200),
                reason=why, put_by=by.name, put_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("There is a legal hold on it already.") from error
    record([Happening("hold_put", subject_kind, subject_id)], by=by, at=at)
    return hold


@transaction.atomic
def lift_hold(hold: Hold, *, by: By, at: datetime) -> None:
    """What was held is kept no longer than all else; the next run looks at it again."""
    row = Hold.objects.select_for_update().get(pk=hold.pk)
    if row.lifted_at:
        return
    row.lifted_at = at
    row.save(update_fields=["lifted_at"])
    Retention.objects.update(through_at=None, through_id=0)
    record([Happening("hold_lifted", row.subject_kind, row.subject_id)], by=by, at=at)


@transaction.atomic
def export(contact: Contact, *, by: By, at: datetime) -> Task:
    """Collect all that is kept about a person into one archive, in the background.

    Raises:
        Refused: something is under way for them, or they were forgotten.
    """
    return _ask(contact, Kind.EXPORT, by, at)


@transaction.atomic
def forget(contact: Contact, *, erase: bool, typed: str, by: By, at: datetime) -> Task:
    """Take a person out of everything, in the background; with ``erase`` also what they wrote.

    Raises:
        Refused: the name was not typed, something stands in the way, or something is under way.
    """
    confirmed(typed, contact.name)
    found = obstacles(contact, at)
    if found:
        raise Refused(" ".join(one.text for one in found))
    return _ask(contact, Kind.ERASE if erase else Kind.ANONYMISE, by, at)


@transaction.atomic
def fetch(task: Task, *, by: By, at: datetime) -> bytes:
    """The archive of an export, this once: it is gone from the desk afterwards.

    Raises:
        Refused: it was fetched, is not ready, or is not the one's who asked for it.
    """
    row = Task.objects.select_for_update().get(pk=task.pk)
    if row.asked_by_id is None or row.asked_by_id != by.id:
        raise Refused("Only the one who asked for an export may fetch it.")
    if row.archive is None:
        raise Refused("It was fetched already, or is too old. Ask for another export.")
    data = bytes(row.archive)
    row.archive, row.fetched_at = None, at
    row.save(update_fields=["archive", "fetched_at"])
    record([Happening("export_fetched", "contact", row.contact_id or 0)], by=by, at=at)
    return data


def _ask(contact: Contact, kind: Kind, by: By, at: datetime) -> Task:
    if contact.merged_into_id:
        raise Refused("They were merged into another contact; go there.")
    if forgotten(contact.pk):
        raise Refused("They were forgotten; nothing is kept about them.")
    try:
        with transaction.atomic():
            task = Task.objects.create(
                kind=kind.value, contact=contact, state=Standing.WAITING.value,
                asked_by_id=_user(by), asked_name=by.name, asked_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("Something is under way for them; wait until it is done.") from error
    record([Happening(f"{kind.value}_asked", "contact", contact.pk)], by=by, at=at)
    return task


def _user(by: By) -> int | None:
    return by.id if by.kind == "user" else None
