"""Through which of the vendor's endpoints somebody comes, before anybody knows who they are.

The region that they chose decides, else the host name in the browser's address, else the country
of the browser's language. Once it is known who signs in, the region of their account does.
"""

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from heliodesk.customers.signing_in import accounts_of
from heliodesk.entitlements.policy import Policy
from heliodesk.kernel import clock
from heliodesk.web.portal import applies, who
from heliodesk.web.portal import brand as brands
from heliodesk.web.portal.brand import Brand

#: The cookie that remembers a chosen region until the browser is closed; it grants nothing.
REGION = "heliodesk_region"


def region_of(request: HttpRequest, policy: Policy) -> str:
    """The region of a visitor; the policy's usual one when nothing tells."""
    regions = policy.pack.regions
    for chosen in (_chosen(request), request.COOKIES.get(REGION, "")):
        if chosen in regions:
            return chosen
    named = brands.of_host(host(request))
    if named and named.region in regions:
        return named.region
    return _of_country(request, policy) or policy.place(None).region.code


def brand_of(request: HttpRequest) -> Brand:
    """The brand of a visitor: of the region they chose, of the host name, or of their country."""
    policy = applies.in_force()
    if policy is None:
        return brands.of_host(host(request)) or brands.usual()
    region = region_of(request, policy)
    named = brands.of_host(host(request))
    if named and (named.region == region or not named.region):
        return named
    return brands.of_region(region, offshore=brands.behind_boundary(region))


def brand_of_contact(contact_id: int, request: HttpRequest, *, account_id: int = 0) -> Brand:
    """The brand of the account for which a contact signs in.

    Of several accounts it is the one with ``account_id``, else the one they chose last in this
    browser, else one of the endpoint's region, else the first. Asks the database the same for a
    contact that nobody is (0), and answers with the endpoint's brand.
    """
    accounts = accounts_of(contact_id, clock.now().date())
    here = brand_of(request)
    last = request.COOKIES.get(who.CHOSEN, "").partition("-")[0]
    wishes = (
        lambda one: one.id == account_id,
        lambda one: str(one.id) == last,
        lambda one: one.region == here.region,
        lambda _one: True,
    )
    for wish in wishes:
        for one in accounts:
            if wish(one):
                return brands.of_region(one.region, offshore=one.offshore)
    return here


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Keep the region that a visitor chose for the pages that follow."""
    chosen = _chosen(request)
    policy = applies.in_force() if chosen else None
    if policy and chosen in policy.pack.regions and chosen != request.COOKIES.get(REGION):
        response.set_cookie(
            REGION,
            chosen,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def host(request: HttpRequest) -> str:
    """The host name of the request, in lower case without its port; empty if it is not ours."""
    try:
        return request.get_host().partition(":")[0].lower()
    except DisallowedHost:
        return ""


def _chosen(request: HttpRequest) -> str:
    return str(request.POST.get("region", "") or request.GET.get("region", ""))


def _of_country(request: HttpRequest, policy: Policy) -> str:
    """The region that has the country of the browser's language; empty when none has."""
    for word in request.headers.get("Accept-Language", "").split(","):
        country = word.partition(";")[0].strip().partition("-")[2].upper()
        for region in policy.pack.regions.values():
            if country and country in region.countries:
                return region.code
    return ""
