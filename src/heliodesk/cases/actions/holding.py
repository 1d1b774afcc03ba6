"""What a case still needs before it is resolved: fields that must be known, steps to be done."""

from collections.abc import Iterable

from django.db import connection

from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused
from heliodesk.kernel import reading

_OWED = """
select '', f.label from (
    select f.label from cases_casefield f
     where f.active and f.required and (f.kinds = '{}' or %s = any(f.kinds))
       and not exists (select from cases_casevalue v where v.case_id = %s and v.field_id = f.id)
     order by f.place, f.id) f
union all
select s.name, s.text from (
    select l.name, s.text from cases_casechecklist l join cases_casestep s on s.on_id = l.id
     where l.case_id = %s and l.holds and s.required and s.done_at is null
     order by l.id, s.place, s.id) s
limit 60
"""


def check_nothing_is_owed(case: Case) -> None:
    """Let a case be resolved only when nothing that its type asks for is missing.

    Raises:
        Refused: fields are empty, or required steps of a checklist are not done; names them.
    """
    owed = reading.rows(connection, _OWED, [case.kind, case.pk, case.pk])
    empty = [text for name, text in owed if not name]
    steps: dict[str, list[str]] = {}
    for name, text in owed:
        if name:
            steps.setdefault(name, []).append(text)
    said = [f"fill in {_quoted(empty)}"] if empty else []
    said += [f"do what “{name}” requires: {_quoted(texts)}" for name, texts in steps.items()]
    if said:
        raise Refused(f"Before {case.ref} is resolved, {'; and '.join(said)}.")


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)
