"""An incident begins, and what is known of it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from heliodesk.incidents.models import Incident
from heliodesk.incidents.rules import Refused, Severity, Stage
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line, storable
from heliodesk.oncall import actions as oncall

_MOST_CHARACTERS = 20_000
_TITLE = "Give the incident a title that customers can read."


@dataclass(frozen=True)
class Known:
    """What somebody says of an incident."""

    title: str
    known: str = ""
    severity: str = Severity.MAJOR.value
    service: str = ""
    regions: Sequence[str] = ()
    lead_id: int | None = None
    intervals: Mapping[str, int] = field(default_factory=dict)
    stage: str = Stage.INVESTIGATING.value


def declare(told: Known, *, by: By, at: datetime) -> Incident:
    """Declare a major incident; new P1s join it from now on and page nobody anew (C23).

    Raises:
        Refused: it has no title, or a word that nobody knows.
    """
    with transaction.atomic():
        _check(told)
        major = oncall.open_incident(title=told.title, p1=None, by=by, at=at)
        row = Incident.objects.select_for_update().get(pk=major.pk)
        _write(row, told)
        row.lead_id = told.lead_id or by.id
        row.save()
    return row


def amend(incident: Incident, told: Known, *, seen: int, by: By, at: datetime) -> Incident:
    """Write down what is known now.

    Raises:
        Refused: it has no title, or somebody changed it since the version that was seen.
    """
    with transaction.atomic():
        _check(told)
        row = locked(incident)
        if row.version != seen + 1:
            raise Refused("Somebody else changed this incident meanwhile. Look, then try again.")
        if row.resolved_at and told.stage != Stage.RESOLVED:
            raise Refused("This incident is over. Its notes can still be written.")
        before = {"title": row.title, "severity": row.severity, "stage": row.stage}
        _write(row, told)
        if not row.resolved_at and told.stage != Stage.RESOLVED:
            row.stage = told.stage
        if told.lead_id:
            row.lead_id = told.lead_id
        row.save()
        oncall.retitle_incident(row.pk, title=row.title)
        after = {"title": row.title, "severity": row.severity, "stage": row.stage}
        changed = {name: value for name, value in after.items() if value != before[name]}
        record([Happening("amended", "incident", row.pk, changed)], by=by, at=at)
    return row


def locked(incident: Incident) -> Incident:
    """The row as it stands now, locked until the transaction ends; counted as changed."""
    row = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    row.version += 1
    return row


def _check(told: Known) -> None:
    if not one_line(told.title, 300):
        raise Refused(_TITLE)
    if told.severity not in {one.value for one in Severity}:
        raise Refused("Choose how severe it is.")
    if told.stage not in {one.value for one in Stage}:
        raise Refused("Choose how far the work is.")
    if len(told.known) > _MOST_CHARACTERS:
        raise Refused(f"What is known may have {_MOST_CHARACTERS:,} characters at most.")


def _write(row: Incident, told: Known) -> None:
    row.title = one_line(storable(told.title), 300)
    row.known = storable(told.known).strip()
    row.severity, row.service = told.severity, one_line(storable(told.service), 120)
    row.regions = sorted({code[:12] for code in told.regions if code})
    row.intervals = dict(told.intervals)


def publish(incident: Incident, texts: Mapping[str, str], *, by: By, at: datetime) -> None:
    """Let every customer of its regions read of it under Get Support.

    Args:
        texts: what they read, by language; the empty one is for every other language.

    Raises:
        Refused: there are no words for everybody, or it is over.
    """
    tidy = {code: storable(text).strip()[:2000] for code, text in texts.items() if text.strip()}
    if "" not in tidy:
        raise Refused("Write what customers may read. Nothing is published without words.")
    with transaction.atomic():
        row = locked(incident)
        if row.resolved_at:
            raise Refused("This incident is over; customers need not read of it any more.")
        row.public, row.published_at, row.published_by = tidy, row.published_at or at, by.name
        row.save()
        record([Happening("published", "incident", row.pk, {"texts": tidy})], by=by, at=at)


def unpublish(incident: Incident, *, by: By, at: datetime) -> None:
    """Take it back from Get Support."""
    with transaction.atomic():
        row = locked(incident)
        if row.published_at is None:
            return
        row.published_at, row.published_by = None, ""
        row.save()
        record([Happening("unpublished", "incident", row.pk)], by=by, at=at)


def write_notes(incident: Incident, *, text: str, by: By, at: datetime) -> None:
    """Write down what was learned; customers never see it."""
    if len(text) > _MOST_CHARACTERS:
        raise Refused(f"The notes may have {_MOST_CHARACTERS:,} characters at most.")
    with transaction.atomic():
        row = locked(incident)
        row.notes, row.notes_by, row.notes_at = storable(text).strip(), by.name, at
        row.save()
        record([Happening("noted", "incident", row.pk)], by=by, at=at)
