"""What is written once is brought to every linked case: updates, and in the end the solution.

Writing it makes one row a case; a job brings them there in batches, each in one transaction that
says it and marks the row. Whatever dies between two batches, no case is told twice.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction

from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused as CaseRefused
from heliodesk.cases.rules import State
from heliodesk.entitlements import tongues
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.wording import local_time
from heliodesk.incidents import facts
from heliodesk.incidents.actions.declaring import locked
from heliodesk.incidents.models import Incident, Update
from heliodesk.incidents.rules import Brought, Refused, Stage, What, due_after
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel import reading
from heliodesk.kernel.text import storable
from heliodesk.oncall import actions as oncall

#: Cases that one transaction brings something to.
BATCH = 50
_MOST_CHARACTERS = 50_000
#: Every case that somebody still waits on; of an update only those of the packages asked for.
_FOR_ALL = """
insert into incidents_delivery (update_id, case_id, state, why)
select %(update)s, l.case_id, 'waiting', ''
  from incidents_linkedcase l join cases_case c on c.id = l.case_id
 where l.incident_id = %(incident)s
   and c.state in ('new', 'assigned', 'pending_customer', 'pending_vendor')
   and (cardinality(%(packages)s::text[]) = 0 or c.package = any(%(packages)s))
 order by l.id
"""


def write_update(
    incident: Incident,
    texts: Mapping[str, str],
    *,
    key: str,
    stage: str = "",
    packages: Sequence[str] = (),
    by: By,
    at: datetime,
) -> Update:
    """Write an update; it is on its way to every open case of the incident from now on.

    Args:
        texts: the words by language; the empty one is for every other language.
        key: of the page it was written on; a second time with the same key does nothing.
        stage: how far the work is now.
        packages: only to cases of these; none is all.

    Raises:
        Refused: it says nothing, the incident is over, or nobody would be told.
    """
    tidy = _tidy(texts)
    with transaction.atomic():
        row = locked(incident)
        before = Update.objects.filter(key=key).first()
        if before:
            return before
        if row.resolved_at:
            raise Refused("This incident is over. Write to the cases themselves.")
        if stage and stage in {one.value for one in Stage if one is not Stage.RESOLVED}:
            row.stage = stage
        row.save()
        made = _written(row, What.UPDATE, tidy, key, packages, by, at)
        if not made.deliveries.exists():
            raise Refused("No open case would be told. Link the cases first.")
        data = {"update": made.pk, "stage": row.stage, "packages": list(packages)}
        record([Happening("update", "incident", row.pk, data)], by=by, at=at)
    return made


def close(
    incident: Incident,
    texts: Mapping[str, str],
    *,
    key: str,
    with_cases: bool = True,
    by: By,
    at: datetime,
) -> Update:
    """End an incident: every linked case that is open is resolved with these words.

    Its P1s stay together until then; one that could not be resolved is paged for again.

    Args:
        with_cases: false leaves the cases open, each on its own again.

    Raises:
        Refused: it does not say how it was solved, or the incident is over.
    """
    tidy = _tidy(texts)
    with transaction.atomic():
        row = locked(incident)
        before = Update.objects.filter(key=key).first()
        if before:
            return before
        if row.resolved_at:
            raise Refused("This incident is over already.")
        row.stage, row.resolved_at, row.resolution = Stage.RESOLVED.value, at, tidy[""]
        row.published_at = None
        row.save()
        made = _written(row, What.CLOSING, tidy, key, (), by, at, for_cases=with_cases)
        record([Happening("closing", "incident", row.pk, {"update": made.pk})], by=by, at=at)
    return made


def _tidy(texts: Mapping[str, str]) -> dict[str, str]:
    tidy = {code: storable(text).strip() for code, text in texts.items() if text.strip()}
    if "" not in tidy:
        raise Refused("There is nothing to send yet. Write a text first.")
    if any(len(text) > _MOST_CHARACTERS for text in tidy.values()):
        raise Refused(f"A text may have {_MOST_CHARACTERS:,} characters at most.")
    return tidy


def _written(
    row: Incident, what: What, texts: Mapping[str, str], key: str, packages: Sequence[str],
    by: By, at: datetime, *, for_cases: bool = True,
) -> Update:  # fmt: skip
    if by.id is None:
        raise Refused("Somebody of the desk has to say it.")
    made = Update.objects.create(
        incident=row,
        what=what.value,
        texts=dict(texts),
        stage=row.stage,
        packages=list(packages),
        made_at=at,
        by_id=by.id,
        by_name=by.name[:120],
        by_role=by.role,
        key=key,
    )
    if for_cases:
        with connection.cursor() as cursor:
            asked = {"update": made.pk, "incident": row.pk, "packages": list(packages)}
            cursor.execute(_FOR_ALL, asked)
    return made


# --- bringing it there ------------------------------------------------------------------------

_NEXT = """
select update_id from incidents_delivery where state = 'waiting' order by update_id, id limit 1
"""
_FINISHED = """
select u.id from incidents_update u
 where u.done_at is null and not exists (
       select from incidents_delivery d where d.update_id = u.id and d.state = 'waiting')
 order by u.id limit 10 for update of u skip locked
"""
_CLAIM = """
select d.id, d.case_id, coalesce(k.language, ''), c.package, a.region
  from incidents_delivery d
  join cases_case c on c.id = d.case_id
  join customers_account a on a.id = c.account_id
  left join customers_contact k on k.id = c.contact_id
 where d.update_id = %s and d.state = 'waiting' order by d.id limit %s for update of d skip locked
"""
_DONE = """
update incidents_delivery d set state = 'done', at = %s, message_id = r.message
  from unnest(%s::bigint[], %s::bigint[]) as r (case_id, message)
 where d.update_id = %s and d.case_id = r.case_id
"""
_REFUSED = """
update incidents_delivery d set state = 'refused', at = %s, why = r.why
  from unnest(%s::bigint[], %s::text[]) as r (case_id, why)
 where d.update_id = %s and d.case_id = r.case_id
"""
_TOLD = "update incidents_linkedcase set told_at = %s where case_id = any(%s)"


def deliver(at: datetime, *, most: int = 4) -> int:
    """Bring what waits to some batches of cases; how many cases were settled."""
    settled = 0
    for _ in range(most):
        with transaction.atomic():
            found = reading.rows(connection, _NEXT)
            if not found:
                break
            update = Update.objects.select_related("incident__major").get(pk=found[0][0])
            settled += _batch(update, at)
    return settled + _finish(at)


def _batch(update: Update, at: datetime) -> int:
    rows = reading.rows(connection, _CLAIM, [update.pk, BATCH])
    if not rows:
        return 0
    by = By("user", update.by_id, update.by_name, update.by_role)
    if update.what == What.CLOSING:
        done, refused = _resolve(update, [(case, lang) for _, case, lang, _, _ in rows], by, at)
    else:
        done, refused = _inform(update, rows, by, at)
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [at, list(done), list(done.values()), update.pk])
        cursor.execute(_REFUSED, [at, list(refused), list(refused.values()), update.pk])
        cursor.execute(_TOLD, [at, list(done)])
    return len(rows)


def _finish(at: datetime) -> int:
    """Settle the updates that no case waits for any more; how many."""
    with transaction.atomic():
        ids = [id for (id,) in reading.rows(connection, _FINISHED)]
        for update in Update.objects.select_related("incident__major").filter(pk__in=ids):
            refused = update.deliveries.filter(state=Brought.REFUSED).count()
            data = {"update": update.pk, "what": update.what, "refused": refused}
            by = By("user", update.by_id, update.by_name, update.by_role)
            Update.objects.filter(pk=update.pk).update(done_at=at)
            record([Happening("told", "incident", update.incident_id, data)], by=by, at=at)
            if update.what == What.CLOSING:
                oncall.resolve_incident(update.incident.major, by=by, at=at)
    return len(ids)


def text_for(texts: Mapping[str, str], language: str) -> str:
    """The words for a language, else those for everybody."""
    return texts.get(tongues.short(language)) or texts[""]


def _inform(
    update: Update, rows: Sequence[tuple[object, ...]], by: By, at: datetime
) -> tuple[dict[int, int | None], dict[int, str]]:
    """Say it on these cases; those of one package and region in one call, for the promise."""
    known = facts.policy()
    groups: dict[tuple[str, str], dict[int, str]] = {}
    for _id, case_id, language, package, region in rows:
        text = text_for(update.texts, str(language))
        groups.setdefault((str(package), str(region)), {})[int(str(case_id))] = text
    done: dict[int, int | None] = {}
    refused: dict[int, str] = {}
    for (package, region), texts in groups.items():
        told = promise(update.incident, package, region, known, at)
        data = {"incident": update.incident_id, "update": update.pk}
        found = cases.inform(texts, by=by, at=at, data=data, told=told)
        done |= found.messages
        refused |= found.refused
    return done, refused


def promise(
    incident: Incident, package: str, region: str, known: Policy | None, at: datetime
) -> dict[str, object]:
    """What a letter says beside the words: the incident, and by when the next update comes."""
    told: dict[str, object] = {"incident": incident.title}
    if known is None or incident.stage == Stage.RESOLVED:
        return told
    until = due_after(at, facts.minutes_of(incident, package, known))
    place = known.place(region if region in known.pack.regions else None).region
    told["until"] = local_time(until, place)
    told["until_in"] = {code: tongues.local_time(code, until, place) for code in tongues.LANGUAGES}
    return told


def _resolve(
    update: Update, rows: Sequence[tuple[object, object]], by: By, at: datetime
) -> tuple[dict[int, int | None], dict[int, str]]:
    """Resolve these cases, each on its own; what the table refuses is kept with its reason.

    A case that nobody had taken is taken by whoever closes: somebody answers for every answer.
    """
    done: dict[int, int | None] = {}
    refused: dict[int, str] = {}
    for case_id, language in rows:
        text = text_for(update.texts, str(language))
        number = int(str(case_id))
        try:
            with transaction.atomic():
                case = Case.objects.get(pk=number)
                if case.state == State.NEW:
                    case = cases.take(case, by=by, at=at)
                cases.resolve(case, text=text, by=by, at=at)
        except CaseRefused as refusal:
            refused[number] = str(refusal)[:500]
        else:
            done[number] = None
    return done, refused
