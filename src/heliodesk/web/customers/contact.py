"""One contact: addresses, roles, cases, and the verbs that change them."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

from heliodesk.cases import search
from heliodesk.customers import actions, portal, queries
from heliodesk.customers.access import Hidden, contacts_of, get_contact
from heliodesk.customers.actions import ContactDetails
from heliodesk.customers.models import Contact, ContactAddress
from heliodesk.customers.rules import Refused
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.journal.past import past
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.customers import history
from heliodesk.web.portal import inviting
from heliodesk.web.told import tell

_MOST_CASES = 12


class Asked(NamedTuple):
    """A verb as it was asked for."""

    contact: Contact
    form: dict[str, str]
    person: Person
    at: datetime


@needs(May.SEE_CUSTOMERS)
def show(request: PersonRequest, id: int) -> HttpResponse:
    """A contact."""
    return answer(request, id)


def answer(request: PersonRequest, id: int, *, trouble: str = "", failed: str = "") -> HttpResponse:
    """The page; with ``trouble`` it says why a verb was not possible, and keeps what was typed."""
    card = queries.contact_card(request.person, id, clock.now().date())
    if card is None:
        raise Http404
    return page(
        request,
        "customers/contact.html",
        status=409 if trouble else 200,
        area="accounts",
        c=card,
        cases=search.of_parties(request.person, [], [id], limit=_MOST_CASES),
        past=history.lines(past("contact", id)),
        may_edit=request.person.may(May.EDIT_CUSTOMERS) and card.merged_into is None,
        trouble=trouble,
        failed=failed,
        given=request.POST,
    )


@needs(May.EDIT_CUSTOMERS)
def do(request: PersonRequest, id: int, verb: str) -> HttpResponse:
    """Do a verb on a contact."""
    deed = DEEDS.get(verb)
    if deed is None or request.method != "POST":
        raise Http404
    try:
        contact = get_contact(request.person, id)
    except Hidden:
        raise Http404 from None
    form = {name: str(value) for name, value in request.POST.items()}
    work, done = deed
    try:
        with transaction.atomic():
            lead_to = work(Asked(contact, form, request.person, clock.now()))
    except Refused as refusal:
        return answer(request, id, trouble=str(refusal), failed=verb)
    tell(request, translated(done))
    return redirect(f"/contacts/{lead_to or id}/")


def _describe(asked: Asked) -> None:
    given = asked.form.get
    details = ContactDetails(
        given("name", ""),
        phone=given("phone", ""),
        alternative=given("alternative", ""),
        language=given("language", ""),
        zone=given("zone", ""),
    )
    actions.describe_contact(asked.contact, details=details, by=asked.person.by, at=asked.at)


def _add_address(asked: Asked) -> None:
    address = asked.form.get("address", "")
    actions.add_address(asked.contact, address=address, by=asked.person.by, at=asked.at)


def _drop_address(asked: Asked) -> None:
    actions.drop_address(_address(asked), by=asked.person.by, at=asked.at)


def _prefer_address(asked: Asked) -> None:
    actions.prefer_address(_address(asked), by=asked.person.by, at=asked.at)


def _deactivate(asked: Asked) -> None:
    actions.deactivate_contact(asked.contact, by=asked.person.by, at=asked.at)


def _reactivate(asked: Asked) -> None:
    actions.reactivate_contact(asked.contact, by=asked.person.by, at=asked.at)


def _invite(asked: Asked) -> None:
    """Invite them to the portal, for the account at which they have been longest."""
    account = portal.first_account(asked.contact, asked.at.date())
    if account is None:
        raise Refused(translated("They act for no account."))
    inviting.invite(
        asked.contact, account, inviter=asked.person.name, by=asked.person.by, at=asked.at
    )


def _merge(asked: Asked) -> int:
    """Merge this contact into the one with an address; its page is shown then."""
    address = asked.form.get("other", "").strip().lower()
    into = contacts_of(asked.person).filter(addresses__address=address).first()
    if into is None:
        raise Refused(translated("No contact has the address “%(text)s”.") % {"text": address})
    actions.merge_contacts(asked.contact, into=into, by=asked.person.by, at=asked.at)
    return into.pk


def _address(asked: Asked) -> ContactAddress:
    given = asked.form.get("id", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else 0
    found = asked.contact.addresses.filter(pk=number).first()
    if found is None:
        raise Refused(translated("Somebody was faster; look at the page again."))
    return found


Work = Callable[[Asked], int | None]
DEEDS: dict[str, tuple[Work, str]] = {
    "invite": (_invite, _("They are invited to the portal.")),
    "describe": (_describe, _("The details are saved.")),
    "add_address": (_add_address, _("Mail from this address is theirs now.")),
    "drop_address": (_drop_address, _("Mail from this address is no longer theirs.")),
    "prefer_address": (_prefer_address, _("They are written to at this address now.")),
    "deactivate": (_deactivate, _("Their mail is held from now on.")),
    "reactivate": (_reactivate, _("They may raise cases again.")),
    "merge": (_merge, _("The two contacts are one now.")),
}
