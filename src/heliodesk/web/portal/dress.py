"""The brand on the stock pages of signing in, which contacts and people of the desk share."""

from typing import Any

from allauth.account.internal.stagekit import unstash_login
from django.http import HttpRequest

from heliodesk.customers.signing_in import contact_of
from heliodesk.identity.models import User
from heliodesk.identity.rules import Role
from heliodesk.kernel import clock
from heliodesk.web.portal import endpoint, frame, look
from heliodesk.web.portal.brand import Brand


def dressed(request: HttpRequest) -> dict[str, Any]:
    """For templates: ``brand`` and ``brand_style`` when a contact reads the page, else neither."""
    brand = brand_of(request)
    return {"brand": brand, "brand_style": look.style(brand) if brand else ""}


def brand_of(request: HttpRequest) -> Brand | None:
    """The brand of the contact who is signed in, or half way in; none for people of the desk."""
    customer = getattr(request, "customer", None)
    if customer:
        return frame.brand_of(customer)
    user = half_way_in(request) or _signed_in(request)
    return brand_of_user(user, request) if user else None


def brand_of_user(user: User, request: HttpRequest) -> Brand:
    """The brand of the account for which this user of a contact signs in."""
    contact = contact_of(user, clock.now().date())
    return endpoint.brand_of_contact(contact.pk if contact else 0, request)


def _signed_in(request: HttpRequest) -> User | None:
    """The contact who reads a page that is open to everybody."""
    user = request.user
    return user if isinstance(user, User) and user.role == Role.CONTACT else None


def half_way_in(request: HttpRequest) -> User | None:
    """The contact who still owes a second factor."""
    login = None if request.user.is_authenticated else unstash_login(request, peek=True)
    user: User | None = login.user if login else None
    return user if user and user.role == Role.CONTACT else None
