"""Macros written and used."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from heliodesk.automation.deeds import carry_out
from heliodesk.automation.models import Macro
from heliodesk.automation.phrases import VARIABLES, fill, unknown
from heliodesk.automation.rules import MOST_TEXT, Deed, deed_faults
from heliodesk.cases.letters import Written
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.references import spoken
from heliodesk.kernel.text import one_line, storable

#: The longest text of a macro.
LONGEST = 20_000


def write(
    macro: Macro | None,
    *,
    name: str,
    text: str,
    deeds: Sequence[Deed],
    queues: Sequence[str],
    owner_id: int | None,
    by: By,
    at: datetime,
) -> Macro:
    """A new macro, everybody's or one person's own; or other words for one.

    Raises:
        Refused: it says and does nothing, names what is not known, or its name is taken.
    """
    name, text = one_line(storable(name), 120), storable(text).strip()
    if wrong := _faults(name, text, deeds):
        raise Refused(" ".join(wrong))
    row, verb = macro or Macro(owner_id=owner_id), "macro_changed" if macro else "macro_added"
    row.name, row.text, row.deeds = name, text, [asdict(deed) for deed in deeds]
    row.queues = sorted({queue.strip() for queue in queues if queue.strip()})
    row.changed_at, row.changed_by = at, by.name
    try:
        with transaction.atomic():
            row.save()
            record([Happening(verb, "macro", row.pk, {"name": name})], by=by, at=at)
    except IntegrityError as error:
        raise Refused(f"There is a macro called “{name}” already.") from error
    return row


def _faults(name: str, text: str, deeds: Sequence[Deed]) -> list[str]:
    found = [] if name else ["Give the macro a name."]
    if not text and not deeds:
        found.append("Write its text, or say what it does.")
    if len(text) > LONGEST:
        found.append(f"The text is longer than {LONGEST} characters.")
    found.extend(
        f"“{{{{ {each} }}}}” stands for nothing. Known are: {', '.join(VARIABLES)}."
        for each in unknown(text)
    )
    if any(deed.do == "note" and len(deed.value) > MOST_TEXT for deed in deeds):
        found.append("The note is too long.")
    return [*found, *deed_faults(deeds)]


@transaction.atomic
def drop(macro: Macro, *, by: By, at: datetime) -> None:
    """A macro less."""
    record([Happening("macro_dropped", "macro", macro.pk, {"name": macro.name})], by=by, at=at)
    macro.delete()


def words(macro: Macro, case: Case, agent: str) -> str:
    """Its text for this case."""
    return fill(macro.text, _values(case, agent))


def _values(case: Case, agent: str) -> Mapping[str, str]:
    name = case.contact.name if case.contact else ""
    return {
        "contact": name,
        "first_name": name.split(" ")[0],
        "account": case.account.name,
        "reference": spoken(case.ref),
        "title": case.title,
        "package": case.package,
        "agent": agent,
    }


def after_letter(case: Case, letter: Written, by: By, at: datetime) -> list[str]:
    """Do what the macros of a letter do, once it is sent; why anything was not done."""
    if not letter.macros:
        return []
    theirs = Q(owner__isnull=True) | Q(owner_id=by.id)
    found = Macro.objects.filter(theirs, pk__in=letter.macros).order_by("name")
    return use(list(found), case, by=by, at=at)


def use(macros: Sequence[Macro], case: Case, *, by: By, at: datetime) -> list[str]:
    """Do what they do, as the person who sent the message; why anything was not done."""
    deeds = [deed for macro in macros for deed in macro.does]
    why = ", ".join(f"Macro “{macro.name}”" for macro in macros)
    _, troubles = carry_out(deeds, case.pk, why=why, by=by, at=at)
    return troubles
