"""The contacts of an account, run by its own administrators."""

from collections.abc import Callable
from datetime import date

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

from heliodesk.customers import actions, people, portal
from heliodesk.customers.actions import ContactDetails
from heliodesk.customers.models import Contact
from heliodesk.customers.people import PAGE, Member
from heliodesk.customers.rules import Refused, RoleKind, checked_address
from heliodesk.entitlements.customer_rules import customer_rules
from heliodesk.kernel import clock
from heliodesk.web.portal import inviting
from heliodesk.web.portal.door import CustomerRequest, account_admin, as_desk, signed_in
from heliodesk.web.portal.frame import framed
from heliodesk.web.portal.refusals import in_words
from heliodesk.web.told import tell

HERE = "/support/contacts/"


@signed_in
def contacts(request: CustomerRequest) -> HttpResponse:
    """Who may raise cases for the account; administrators change it here."""
    return shown(request)


def shown(
    request: CustomerRequest, *, trouble: str = "", failed: str = "", status: int = 200
) -> HttpResponse:
    on = clock.now().date()
    account_id = request.customer.account_id
    found = people.members(account_id, on)
    today = [member for member in found if member.active and member.roles]
    helpers = people.partners(account_id, on)
    return framed(
        request,
        "portal/contacts.html",
        area="contacts",
        status=status,
        members=today,
        former=[member for member in found if member not in today],
        designated=sum(is_now(member, RoleKind.DESIGNATED) for member in today),
        most=customer_rules().designated_max,
        partners=helpers,
        deeds=people.deeds(account_id)[:5] if request.customer.is_admin else [],
        given=request.POST,
        trouble=trouble,
        failed=failed,
        on=on,
    )


def is_now(member: Member, kind: RoleKind) -> bool:
    """Whether the contact is this today."""
    return any(role["kind"] == kind and role["current"] for role in member.roles)


@account_admin
def history(request: CustomerRequest) -> HttpResponse:
    """Who did what to the contacts of the account."""
    before = request.GET.get("before", "")
    rows = people.deeds(
        request.customer.account_id, before=int(before) if before.isdecimal() else 2**62
    )
    return framed(
        request,
        "portal/contacts_history.html",
        area="contacts",
        deeds=rows[:PAGE],
        older=f"{HERE}history/?before={rows[PAGE - 1].id}" if len(rows) > PAGE else "",
    )


@account_admin
def invite(request: CustomerRequest) -> HttpResponseBase:
    """Somebody new: made a contact and invited to the portal."""
    if request.method != "POST":
        return redirect(HERE)
    post = request.POST
    try:
        with as_desk():
            contact = _added(request, _kinds(post.getlist("kinds")))
            _invite(request, contact)
    except Refused as refusal:
        return shown(request, trouble=in_words(refusal), failed="invite", status=409)
    tell(request, translated("%(name)s is invited.") % {"name": contact.name})
    return redirect(HERE)


def _added(request: CustomerRequest, kinds: list[RoleKind]) -> Contact:
    """The new contact; somebody who was one here before comes back."""
    post, customer, at = request.POST, request.customer, clock.now()
    address = checked_address(post.get("address", ""))
    account = portal.account_of(customer)
    held = portal.contact_by_address(address)
    if held is None and not portal.is_the_desks(address):
        return actions.add_contact(
            account,
            details=ContactDetails(post.get("name", ""), phone=post.get("phone", "")),
            addresses=[address],
            roles=kinds,
            designated_max=customer_rules().designated_max,
            by=customer.by,
            at=at,
        )
    if held is None or not portal.was_here(customer, held):
        raise Refused(
            translated("This address cannot be added here. Write to us, and we will see to it.")
        )
    _bring_back(request, held, kinds)
    return held


def _bring_back(request: CustomerRequest, contact: Contact, kinds: list[RoleKind]) -> None:
    by, at = request.customer.by, clock.now()
    account = portal.account_of(request.customer)
    if not contact.active:
        actions.reactivate_contact(contact, by=by, at=at)
    elif portal.is_here(request.customer, contact, at.date()):
        raise Refused(translated("%(name)s is a contact already.") % {"name": contact.name})
    for kind in kinds:
        actions.grant_role(
            contact,
            account,
            kind=kind,
            designated_max=customer_rules().designated_max,
            by=by,
            at=at,
        )


@account_admin
def do(request: CustomerRequest, id: int, verb: str) -> HttpResponseBase:
    """Do a verb on a contact of the account."""
    deed = _DEEDS.get(verb)
    if deed is None:
        raise Http404
    if request.method != "POST":
        return redirect(HERE)
    work, done = deed
    try:
        with as_desk():
            contact = portal.colleague(request.customer, id)
            if contact is None:
                raise Http404
            work(request, contact)
    except Refused as refusal:
        return shown(request, trouble=in_words(refusal), failed=f"{id}", status=409)
    tell(request, translated(done) % {"name": contact.name})
    return redirect(HERE)


def _invite(request: CustomerRequest, contact: Contact) -> None:
    """Mail an invitation; one that was mailed before no longer works."""
    customer, at = request.customer, clock.now()
    account = portal.account_of(customer)
    inviting.invite(contact, account, inviter=customer.name, by=customer.by, at=at)


def _appoint(request: CustomerRequest, contact: Contact) -> None:
    """Give a role from a day to a day."""
    post = request.POST
    kinds = _kinds([post.get("kind", "")])
    last = _day(post.get("to", ""))
    if last and last <= clock.now().date():
        raise Refused(translated("These days are over. Choose a last day to come, or none."))
    actions.grant_role(
        contact,
        portal.account_of(request.customer),
        kind=kinds[0],
        valid_from=_day(post.get("from", "")),
        valid_to=last,
        designated_max=customer_rules().designated_max,
        by=request.customer.by,
        at=clock.now(),
    )


def _end(request: CustomerRequest, contact: Contact) -> None:
    """End a role today; the last of its kind stays, and so does the last role of all."""
    at = clock.now()
    wanted = request.POST.get("role", "")
    number = int(wanted) if wanted.isdecimal() else 0
    role = portal.role_here(request.customer, contact, number, at.date())
    if role is None:
        raise Refused(translated("This role has ended already."))
    actions.refuse_last(role, at)
    actions.end_role(role, by=request.customer.by, at=at)
    if not portal.is_here(request.customer, contact, at.date()):
        raise Refused(
            translated("This is all that %(name)s is here. Deactivate them instead.")
            % {"name": contact.name}
        )


def _deactivate(request: CustomerRequest, contact: Contact) -> None:
    """Out at once: every role here ends."""
    if contact.pk == request.customer.contact_id:
        raise Refused(translated("You cannot deactivate yourself; ask another administrator."))
    account = portal.account_of(request.customer)
    actions.remove_from_account(contact, account, by=request.customer.by, at=clock.now())


def _reactivate(request: CustomerRequest, contact: Contact) -> None:
    """Back as an authorised contact."""
    _bring_back(request, contact, [RoleKind.AUTHORISED])


def _kinds(words: list[str]) -> list[RoleKind]:
    """The roles that a form names; an authorised contact when it names none."""
    known = {kind.value: kind for kind in RoleKind}
    return sorted({known[word] for word in words if word in known}) or [RoleKind.AUTHORISED]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refused(translated("Write the day like 2026-12-31.")) from error


_Deed = tuple[Callable[[CustomerRequest, Contact], None], str]
_DEEDS: dict[str, _Deed] = {
    "invite": (_invite, _("%(name)s is invited again.")),
    "appoint": (_appoint, _("%(name)s has the role.")),
    "end": (_end, _("The role has ended.")),
    "deactivate": (_deactivate, _("%(name)s is deactivated and signed out.")),
    "reactivate": (_reactivate, _("%(name)s is a contact again.")),
}
