"""What a customer does on a case: answers, says that it is solved, brings colleagues in, rates."""

import hashlib
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from heliodesk.cases import actions, kinds
from heliodesk.cases.access import get_case_for, place_of
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused, State
from heliodesk.channels import uploads
from heliodesk.customers import people
from heliodesk.customers.customer import Customer, Place
from heliodesk.intake.actions import take_form
from heliodesk.intake.form import File, Submission
from heliodesk.intake.queries import Receipt, receipt
from heliodesk.kernel import clock
from heliodesk.web.peer import peer
from heliodesk.web.portal import case as case_page
from heliodesk.web.portal import frame
from heliodesk.web.portal.door import CustomerRequest, View, as_desk, signed_in
from heliodesk.web.portal.raising import given as givens
from heliodesk.web.portal.raising import guard, sending
from heliodesk.web.portal.raising.given import Given
from heliodesk.web.portal.raising.guard import Entry
from heliodesk.web.portal.refusals import in_words
from heliodesk.web.told import tell
from heliodesk.web.translation import language, translated

_MOST = 100_000
#: People copied on one case.
_MOST_PEOPLE = 30


def from_the_case(view: View) -> View:
    """Mark a view that takes what the page of a case sends; whoever opens its address, as after a
    refusal or after signing in again, is shown the case."""

    @wraps(view)
    def taken(request: HttpRequest, ref: str, *args: Any) -> HttpResponseBase:
        if request.method != "POST":
            return redirect(reverse("portal_case", args=[ref]))
        return view(request, ref, *args)

    return taken


@from_the_case
@signed_in
def reply(request: CustomerRequest, ref: str) -> HttpResponseBase:
    """An answer: joins the case, brings a solved one back, or goes on in a new one (C17)."""
    case, at = get_case_for(request.customer, ref), clock.now()
    given, page = givens.read(request.POST), request.POST.get("page", "")
    try:
        entry = guard.entry(page, at)
    except guard.Stale:
        sentence = translated(_("This page was open for a long time. Send your answer again."))
        return case_page.answer(request, ref, status=422, trouble=sentence, text=given.details)
    with as_desk():
        first = receipt(entry.key)
        sending.keep_files(request, given, entry, at)
        files = uploads.listed(entry.key, given.files)
        trouble = given.troubles.get("files", "") or _checked(given, has_files=bool(files))
        key = _key(entry, given, first)
        if not trouble and receipt(key) is None:
            _take(request, case, given, page=entry.key, key=key)
            uploads.done(entry.key)
        after = receipt(key)
    if trouble:
        return case_page.answer(
            request, ref, status=422, trouble=trouble, text=given.details, page=page, files=files
        )
    went_to = after.ref if after and after.kind == "case" else case.ref
    if went_to != case.ref:
        tell(
            request,
            translated(_("That case was over, so your answer opened this new one, linked to it.")),
        )
    else:
        tell(request, translated(_("Your answer is with us.")))
    return redirect(f"/support/cases/{went_to}/#sent")


def _key(entry: Entry, given: Given, first: Receipt | None) -> str:
    """What the answer is known by: sent twice it is one; other words from a page that was sent
    already, as after going back, are a further answer."""
    if first is None or (given.details and first.details == given.details):
        return entry.key
    return hashlib.sha256(f"{entry.key}\n{given.details}{given.files}".encode()).hexdigest()[:24]


def _checked(given: Given, *, has_files: bool) -> str:
    if not given.details.strip() and not has_files:
        return translated(_("Write a few words first."))
    if given.length > _MOST:
        return givens.details_too_long(given.length - _MOST)
    return ""


def _take(request: CustomerRequest, case: Case, given: Given, *, page: str, key: str) -> None:
    """Through the same door as mail: reopening, clocks and letters follow from there."""
    customer, brand = request.customer, frame.brand_of(request.customer)
    form = Submission(
        address=customer.email.lower(),
        name=customer.name,
        subject=case.title,
        details=given.details,
        severity=case.severity,
        kind=kinds.treated_as(case.kind),
        own_kind="" if case.kind in kinds.OF_POLICY else case.kind,
        contact_id=customer.contact_id,
        account_id=case.account_id,
        case_ref=case.ref,
        language=language(),
    )
    files = [File(f.name, f.content_type, f.data) for f in uploads.taken(page, given.files)]
    take_form(
        form,
        files,
        key=key,
        mailbox_id=brand.mailbox_id,
        to=brand.address,
        peer=peer(request),
        at=clock.now(),
    )


@from_the_case
@signed_in
def solved(request: CustomerRequest, ref: str) -> HttpResponse:
    """It is solved: closed at once, with a question how it was."""
    case = get_case_for(request.customer, ref)
    with as_desk():
        settled = actions.settle(
            case,
            text=translated(_("The customer says that it is solved.")),
            by=request.customer.by,
            at=clock.now(),
        )
    withdrawn = settled.state == State.CANCELLED
    tell(
        request,
        translated(_("Thank you. Nobody had begun, so the case is withdrawn."))
        if withdrawn
        else translated(_("Thank you. The case is closed.")),
    )
    return redirect(f"/support/cases/{case.ref}/#rate")


@from_the_case
@signed_in
def rate(request: CustomerRequest, ref: str) -> HttpResponse:
    """How it was handled, from 1 to 5."""
    case = get_case_for(request.customer, ref)
    word = request.POST.get("score", "")
    if not (word.isascii() and word.isdigit()):
        raise Refused(translated(_("Choose one of the five.")))
    with as_desk():
        actions.rate(
            case,
            score=int(word),
            comment=request.POST.get("comment", "").replace("\r\n", "\n"),
            by=request.customer.by,
            at=clock.now(),
        )
    tell(request, translated(_("Thank you. Your rating is kept.")))
    return redirect(f"/support/cases/{case.ref}/#rate")


@from_the_case
@signed_in
def invite(request: CustomerRequest, ref: str) -> HttpResponseBase:
    """Copy a colleague on everything from now on: people of the account, and of the partner for a
    partner's contact."""
    case = get_case_for(request.customer, ref)
    address = request.POST.get("address", "").strip().lower()
    try:
        with as_desk():
            _refuse_strangers(request.customer, case, address)
            actions.invite(case, address=address, by=request.customer.by, at=clock.now())
    except Refused as refusal:
        return case_page.answer(
            request, ref, status=409, colleague=address, refused=in_words(refusal)
        )
    tell(request, translated(_("%(address)s is copied from now on."), address=address))
    return redirect(f"/support/cases/{case.ref}/#people")


def _refuse_strangers(customer: Customer, case: Case, address: str) -> None:
    """Only contacts of the account, and addresses of its own mail domains, are copied; by a
    partner's contact those of the partner, too (R55)."""
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(translated(_("This is not an e-mail address."))) from None
    place = place_of(customer, case)
    accounts = [case.account_id, *([place.partner_id] if place.partner_id else [])]
    if not people.are_colleagues(address, accounts, clock.now().date()):
        raise Refused(_only_colleagues(place))
    if case.participants.count() >= _MOST_PEOPLE:
        raise Refused(translated(_("No more people can be copied on one case.")))


def _only_colleagues(place: Place) -> str:
    if place.partner_id:
        return translated(
            _("Only contacts of %(customer)s and of %(partner)s, and addresses of their own mail "
              "domains, can be copied."),
            customer=place.name,
            partner=place.partner,
        )  # fmt: skip
    return translated(
        _("Only contacts of your account, and addresses of its own mail domains, can be copied. "
          "Ask your account administrator to invite them.")
    )  # fmt: skip


@from_the_case
@signed_in
def uninvite(request: CustomerRequest, ref: str) -> HttpResponse:
    """Stop copying somebody."""
    case = get_case_for(request.customer, ref)
    address = request.POST.get("address", "")
    with as_desk():
        actions.uninvite(case, address=address, by=request.customer.by, at=clock.now())
    tell(request, translated(_("%(address)s is no longer copied."), address=address))
    return redirect(f"/support/cases/{case.ref}/#people")
