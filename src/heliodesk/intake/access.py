"""Who may see what is held: mail for the offshore side is its team's alone (C16)."""

from django.db.models import Q

from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.intake.models import HeldItem


class Hidden(Exception):
    """There is no such held item for this person."""


def held_condition(person: Person, alias: str = "h") -> str:
    """SQL that holds for the held items that this person may see."""
    if not person.may(May.DECIDE_HELD):
        return "false"
    if person.offshore:
        return "true"
    return (
        f"not exists (select 1 from channels_mailbox x where x.id = {alias}.mailbox_id"
        f" and x.offshore) and not exists (select 1 from customers_account x"
        f" where x.id = {alias}.account_hint_id and x.offshore)"
    )


def get_held(person: Person, ref: str) -> HeldItem:
    """The held item with this reference.

    Raises:
        Hidden: there is none that this person may see.
    """
    if not person.may(May.DECIDE_HELD):
        raise Hidden
    items = HeldItem.objects.select_related("mailbox", "case", "account_hint", "decided_by")
    if not person.offshore:
        items = items.exclude(Q(mailbox__offshore=True) | Q(account_hint__offshore=True))
    found = items.filter(ref=ref.upper()).first()
    if found is None:
        raise Hidden
    return found
