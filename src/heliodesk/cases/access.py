"""Who may see a case. Records are reached only through here."""

from heliodesk.cases.models import Case
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May


class Hidden(Exception):
    """There is no such case for this person; whether it exists is not told."""


def visible(person: Person, alias: str = "c") -> tuple[str, list[object]]:
    """The SQL condition, with its parameters, for cases that a person may see (C16)."""
    if not person.may(May.WORK_CASES):
        return "false", []
    if person.offshore:
        return "true", []
    return f"not {alias}.offshore", []


def get_case(person: Person, ref: str) -> Case:
    """The case with this reference.

    Raises:
        Hidden: there is none that this person may see.
    """
    digits = ref.replace(" ", "")
    case = Case.objects.filter(ref=digits).first()
    if case is None or not may_see(person, case):
        raise Hidden(ref)
    return case


def may_see(person: Person, case: Case) -> bool:
    """Whether this person may see this case."""
    return person.may(May.WORK_CASES) and (person.offshore or not case.offshore)
