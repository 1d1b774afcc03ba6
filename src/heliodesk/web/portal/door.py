"""The portal's door: contacts come in, each to their own; nobody else does.

A view of the portal is marked ``signed_in``. Its request carries ``request.customer``, and the
database answers it as the portal's role, which sees the rows of this contact only (row-level
security), whatever a query forgets to ask. What a contact does is done by the rooms' actions, on
behalf of the desk: inside ``as_desk()``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from heliodesk.customers.customer import Customer
from heliodesk.web.portal.wall import as_contact, as_desk

__all__ = ["CustomerRequest", "account_admin", "as_desk", "signed_in"]
View = Callable[..., HttpResponseBase]
#: The start page, and where those who may act at several places first choose one.
HOME, CHOOSE = "/support/", "/support/places/"
#: What ``view.access`` says of a portal view.
ACCESS = "portal"


class CustomerRequest(HttpRequest):
    """A request of a signed-in contact, as the middleware hands it to a portal view."""

    customer: Customer
    #: The id of this request, in the log and in the ``X-Request-ID`` header.
    id: str


def signed_in(view: Callable[..., HttpResponseBase]) -> View:
    """Mark a view for contacts; it runs behind the wall, in one transaction."""

    @wraps(view)
    def guarded(request: CustomerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.path == HOME and not request.customer.chosen:
            return redirect(CHOOSE)
        with as_contact(request.customer):
            return view(request, *args, **kwargs)

    guarded.access = ACCESS  # type: ignore[attr-defined]  # ours
    return guarded


def account_admin(view: Callable[..., HttpResponseBase]) -> View:
    """Mark a view for those who run the contacts of the account now chosen; others get 403."""

    @wraps(view)
    def guarded(request: CustomerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.customer.is_admin:
            raise PermissionDenied
        with as_contact(request.customer):
            return view(request, *args, **kwargs)

    guarded.access = ACCESS  # type: ignore[attr-defined]  # ours
    return guarded
