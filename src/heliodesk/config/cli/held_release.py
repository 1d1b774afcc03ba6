"""What ``heliodesk held`` does once the desk is open."""

from datetime import datetime

import click

from heliodesk.cases import access
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused
from heliodesk.config.cli.operator import acting_person
from heliodesk.customers.models import AccountIdentifier, ContactAddress
from heliodesk.customers.rules import normal_identifier
from heliodesk.intake import actions
from heliodesk.intake.models import HeldItem


def _held(ref: str) -> HeldItem:
    row = HeldItem.objects.filter(ref=ref.upper()).first()
    if row is None:
        raise click.ClickException(f"There is no held item {ref}.")
    return row


def release(
    ref: str,
    *,
    account: str | None,
    contact: str | None,
    case_ref: str | None,
    email: str | None,
    at: datetime,
) -> str | None:
    """The reference of the case that a held item became; none when it is taken in again."""
    held = _held(ref)
    try:
        person = acting_person(email)
        contact_id = _contact(contact) if contact else held.contact_hint_id
        if account:
            opened = actions.release_held(
                held, account_id=_account(account), contact_id=contact_id, by=person.by, at=at
            )
            return opened.ref
        if case_ref:
            case: Case = access.get_case(person, case_ref)
            actions.append_held(held, case=case, contact_id=contact_id, by=person.by, at=at)
            return case.ref
        actions.replay_held(held, by=person.by, at=at)
    except access.Hidden as error:
        raise click.ClickException(f"There is no case {case_ref}.") from error
    except (Refused, LookupError) as error:
        raise click.ClickException(str(error)) from error
    return None


def reject(ref: str, *, text: str, spam: bool, email: str | None, at: datetime) -> str:
    """The state that a held item ended in."""
    held = _held(ref)
    try:
        person = acting_person(email)
        if spam:
            actions.spam_held(held, by=person.by, at=at)
        else:
            actions.reject_held(held, text=text, by=person.by, at=at)
    except (Refused, LookupError) as error:
        raise click.ClickException(str(error)) from error
    held.refresh_from_db()
    return held.state


def _account(identifier: str) -> int:
    row = AccountIdentifier.objects.filter(value=normal_identifier(identifier)).first()
    if row is None:
        raise LookupError(f"No account has the ID {identifier}.")
    return row.account_id


def _contact(address: str) -> int:
    row = ContactAddress.objects.filter(address=address.strip().lower()).first()
    if row is None:
        raise LookupError(f"No contact has the address {address}.")
    return row.contact_id
