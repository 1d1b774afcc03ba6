"""Choosing at which account to act: one of their own, or as a partner for a customer."""

from dataclasses import replace

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect

from heliodesk.cases import front
from heliodesk.cases.access import Hidden
from heliodesk.customers.customer import Customer, Place
from heliodesk.web.portal.door import CustomerRequest, signed_in
from heliodesk.web.portal.frame import framed
from heliodesk.web.portal.sign_in import HOME, safe
from heliodesk.web.portal.who import CHOSEN

_A_YEAR = 365 * 24 * 3600


def go(place: Place, address: str) -> HttpResponseBase:
    """Act at this place from now on, beginning with the page at ``address``."""
    response = redirect(address)
    response.set_cookie(
        CHOSEN,
        place.key,
        max_age=_A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def place_of_case(customer: Customer, ref: str) -> Place | None:
    """Where else this contact may see the case with this reference; none where nowhere."""
    for place in front.places_of(customer, ref):
        try:
            front.version(replace(customer, place=place), ref)
        except Hidden:
            continue
        return place
    return None


@signed_in
def choose(request: CustomerRequest) -> HttpResponseBase:
    """The list of places, or with a choice on to the page that was wanted."""
    leads_to = safe(request.POST.get("next") or request.GET.get("next") or "")
    places = request.customer.places
    if request.method == "POST":
        wanted = request.POST.get("place", "")
        place = next((place for place in places if place.key == wanted), None)
        if place:
            return go(place, leads_to or HOME)
    asked = request.GET.get("q", "").strip().lower()
    shown = [
        place
        for place in places
        if asked in place.name.lower() or asked in place.identifier.lower()
    ]
    return framed(
        request,
        "portal/choose.html",
        area="choose",
        own=[place for place in shown if not place.partner_id],
        managed=[place for place in shown if place.partner_id],
        asked=asked,
        leads_to=leads_to,
        searchable=len(places) > 8,
    )
