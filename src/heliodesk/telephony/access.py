"""Who may see a call: those of offshore accounts are the offshore team's alone (C16)."""

from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.telephony.models import Call


class Hidden(Exception):
    """There is no such call for this person."""


def visible(person: Person, alias: str = "c") -> str:
    """SQL that holds for the calls that this person may see."""
    if not person.may(May.WORK_CASES):
        return "false"
    return "true" if person.offshore else f"not {alias}.offshore"


def get_call(person: Person, id: int) -> Call:
    """The call with this id.

    Raises:
        Hidden: there is none that this person may see.
    """
    calls = Call.objects.select_related("account", "contact", "case", "held", "agent")
    call = calls.filter(pk=id).first()
    if call is None or not person.may(May.WORK_CASES) or (call.offshore and not person.offshore):
        raise Hidden
    return call
