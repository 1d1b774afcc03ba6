"""What becomes of a held item."""

from django.db import transaction
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heliodesk.cases.access import Hidden as CaseHidden
from heliodesk.cases.access import get_case
from heliodesk.cases.rules import Refused
from heliodesk.customers import actions as customers
from heliodesk.customers.access import Hidden, get_account, get_contact
from heliodesk.customers.actions import ContactDetails
from heliodesk.customers.models import Account, Contact
from heliodesk.customers.rules import Refused as CustomerRefused
from heliodesk.customers.rules import RoleKind
from heliodesk.identity.rules import May
from heliodesk.intake import actions
from heliodesk.intake.models import HeldItem
from heliodesk.kernel import clock
from heliodesk.kernel.references import spoken
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.held.reading import answer, found_item, next_waiting
from heliodesk.web.told import tell


@needs(May.DECIDE_HELD)
def make_case(request: PersonRequest, ref: str) -> HttpResponse:
    """Make a case of it for an account, with the sender as a contact of it or as nobody yet."""
    item = _posted(request, ref)
    if item is None:
        return HttpResponseNotAllowed(["POST"])
    at, by = clock.now(), request.person.by
    try:
        with transaction.atomic():
            account = _account(request)
            contact = _contact(request, item, account)
            contact_id = contact.pk if contact else None
            opened = actions.release_held(
                item, account_id=account.pk, contact_id=contact_id, by=by, at=at
            )
    except (Refused, CustomerRefused) as refusal:
        return answer(request, item, trouble=str(refusal), failed="case")
    tell(request, _("Case %(ref)s is open, and the sender was told.") % {"ref": spoken(opened.ref)})
    return redirect(f"/cases/{opened.ref}/")


@needs(May.DECIDE_HELD)
def append(request: PersonRequest, ref: str) -> HttpResponse:
    """Add it to a case that there is."""
    item = _posted(request, ref)
    if item is None:
        return HttpResponseNotAllowed(["POST"])
    other = request.POST.get("case", "").strip()
    try:
        case = get_case(request.person, other)
        actions.append_held(item, case=case, by=request.person.by, at=clock.now())
    except CaseHidden:
        text = _("There is no case %(ref)s that you can see. Check its reference.")
        return answer(request, item, trouble=text % {"ref": other or "?"}, failed="append")
    except Refused as refusal:
        return answer(request, item, trouble=str(refusal), failed="append")
    tell(request, _("It is part of case %(ref)s now.") % {"ref": spoken(case.ref)})
    return redirect(f"/cases/{case.ref}/")


@needs(May.DECIDE_HELD)
def reject(request: PersonRequest, ref: str) -> HttpResponse:
    """Answer the sender, and end it."""
    item = _posted(request, ref)
    if item is None:
        return HttpResponseNotAllowed(["POST"])
    text = request.POST.get("text", "")
    try:
        actions.reject_held(item, text=text, by=request.person.by, at=clock.now())
    except Refused as refusal:
        return answer(request, item, trouble=str(refusal), failed="reject")
    tell(request, _("%(ref)s is rejected, and the sender was answered.") % {"ref": item.ref})
    return next_waiting(request)


@needs(May.DECIDE_HELD)
def spam(request: PersonRequest, ref: str) -> HttpResponse:
    """End it without any answer."""
    item = _posted(request, ref)
    if item is None:
        return HttpResponseNotAllowed(["POST"])
    try:
        actions.spam_held(item, by=request.person.by, at=clock.now())
    except Refused as refusal:
        return answer(request, item, trouble=str(refusal), failed="spam")
    tell(request, _("%(ref)s is marked as spam; nothing was sent.") % {"ref": item.ref})
    return next_waiting(request)


@needs(May.DECIDE_HELD)
def again(request: PersonRequest, ref: str) -> HttpResponse:
    """Take it in again, after what stopped it was mended."""
    item = _posted(request, ref)
    if item is None:
        return HttpResponseNotAllowed(["POST"])
    try:
        actions.replay_held(item, by=request.person.by, at=clock.now())
    except Refused as refusal:
        return answer(request, item, trouble=str(refusal), failed="again")
    tell(request, _("%(ref)s is taken in again; it is filed within moments.") % {"ref": item.ref})
    return next_waiting(request)


def _posted(request: PersonRequest, ref: str) -> HeldItem | None:
    return found_item(request, ref) if request.method == "POST" else None


def _account(request: PersonRequest) -> Account:
    given = request.POST.get("account", "")
    if not given.isdigit():
        raise Refused(_("Choose the account first, or search for it."))
    try:
        return get_account(request.person, int(given))
    except Hidden:
        raise Refused(_("There is no such account.")) from None


def _contact(request: PersonRequest, item: HeldItem, account: Account) -> Contact | None:
    """Who asks: a contact that there is, the sender made one, or nobody yet."""
    who = request.POST.get("who", "")
    at, by = clock.now(), request.person.by
    if who == "new":
        name = request.POST.get("name", "").strip() or item.sender_name or item.sender_address
        return customers.add_contact(
            account,
            details=ContactDetails(name),
            addresses=[item.sender_address],
            roles=[RoleKind.AUTHORISED],
            by=by,
            at=at,
        )
    if not who.isdigit():
        return None
    try:
        contact = get_contact(request.person, int(who))
    except Hidden:
        raise Refused(_("There is no such contact.")) from None
    if not contact.addresses.filter(address=item.sender_address.lower()).exists():
        customers.add_address(contact, address=item.sender_address, by=by, at=at)
    return contact
