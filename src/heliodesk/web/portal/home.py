"""The portal's first page: what applies now, the form to raise a case, and the latest cases."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from heliodesk.cases import front
from heliodesk.entitlements.policy import Policy
from heliodesk.intake.queries import receipt
from heliodesk.kernel import clock
from heliodesk.web import dates
from heliodesk.web.portal import applies, frame, standing, times
from heliodesk.web.portal.applies import Applies
from heliodesk.web.portal.door import CustomerRequest, as_desk, signed_in
from heliodesk.web.portal.raising import guard, sending
from heliodesk.web.portal.raising.given import Given
from heliodesk.web.portal.raising.sending import Attempt
from heliodesk.web.public.get_support import form_context, key_of, sent_address
from heliodesk.web.translation import translated

_LATEST = 5


@signed_in
def home(request: CustomerRequest) -> HttpResponseBase:
    """The page, and where its form is sent."""
    at = clock.now()
    policy = applies.in_force()
    if policy is None:
        return frame.framed(request, "portal/no_policy.html", area="home", status=503)
    if request.method == "POST":
        return _raise(request, policy, at)
    start = Given(severity="", alternative="", zone=request.customer.zone)
    return _page(request, policy, Attempt(start, guard.new_page(at), status=200), at)


def _raise(request: CustomerRequest, policy: Policy, at: datetime) -> HttpResponseBase:
    shown = frame.brand_of(request.customer)
    with as_desk():
        attempt = sending.send(
            request, customer=request.customer, policy=policy, brand=shown, at=at
        )
    if attempt.done:
        return redirect(sent_address(attempt.key, "portal_sent"))
    return _page(request, policy, attempt, at)


def _page(request: CustomerRequest, policy: Policy, attempt: Attempt, at: datetime) -> HttpResponse:
    customer = request.customer
    held = standing.standing(customer, at)
    now = standing.now(customer, held, policy, at)
    cases = front.mine(customer, size=_LATEST)
    return frame.framed(
        request,
        "portal/home.html",
        area="home",
        script="raise",
        status=attempt.status,
        greeting=greeting(customer.name, customer.zone or now.region.zone, at),
        has_package=now.package != policy.base.code,
        in_short=in_short(now, at),
        cases=cases[:_LATEST],
        more=len(cases) > _LATEST,
        **form_context(now, attempt),
    )


def in_short(now: Applies, at: datetime) -> list[str]:
    """What is open at this minute, in two sentences at most."""
    said = []
    if now.phone.open and now.phone.closes:
        time = times.until(now.phone.closes, now.zone, at)
        said.append(translated(_("Telephone is open until %(time)s."), time=time))
    elif now.phone.open:
        said.append(translated(_("Telephone is open 24 hours.")))
    elif now.phone.opens:
        time = times.moment(now.phone.opens, now.zone, at)
        said.append(translated(_("Telephone opens %(time)s."), time=time))
    if now.answered and now.answered_change:
        time = times.until(now.answered_change, now.zone, at)
        said.append(translated(_("E-mail is answered until %(time)s."), time=time))
    elif not now.answered and now.answered_change:
        time = times.moment(now.answered_change, now.zone, at)
        said.append(translated(_("E-mail is answered from %(time)s."), time=time))
    return said


def greeting(name: str, zone: str, at: datetime) -> str:
    """A greeting by the hour where the reader is."""
    hour = at.astimezone(dates.zone(zone)).hour
    first = name.split()[0] if name.split() else name
    if 5 <= hour < 12:
        return translated(_("Good morning, %(name)s"), name=first)
    if 12 <= hour < 18:
        return translated(_("Good afternoon, %(name)s"), name=first)
    return translated(_("Good evening, %(name)s"), name=first)


@require_safe
@signed_in
def sent(request: CustomerRequest, token: str) -> HttpResponse:
    """What became of a form that this contact sent."""
    at = clock.now()
    with as_desk():
        found = receipt(key_of(token))
    policy = applies.in_force()
    if found is None or policy is None:
        raise Http404
    if found.address.lower() != request.customer.email.lower():
        raise PermissionDenied
    held = standing.standing(request.customer, at)
    return frame.framed(
        request,
        "portal/sent.html",
        area="home",
        receipt=found,
        applies=standing.now(request.customer, held, policy, at),
    )
