"""The page that an invitation opens: who invited, to what, and one button that signs in."""

from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from heliodesk.customers import actions
from heliodesk.customers.models import Account, Contact
from heliodesk.customers.signing_in import who_may
from heliodesk.kernel import clock, reading
from heliodesk.web.access import public
from heliodesk.web.portal import endpoint
from heliodesk.web.portal.frame import framed
from heliodesk.web.portal.letters import INVITED_DAYS
from heliodesk.web.portal.sign_in import let_in

_SALT = "heliodesk.portal.welcome"
_ACCOUNTS = """
select distinct a.name from customers_contactrole r join customers_account a on a.id = r.account_id
 where r.contact_id = %s and r.valid_from <= %s and (r.valid_to is null or r.valid_to > %s)
 order by a.name limit 20
"""


def key_of(contact: Contact, account: Account) -> str:
    """What the link of an invitation carries; void once used, or when another is sent."""
    return signing.dumps([contact.pk, _stamp(contact), account.pk], salt=_SALT, compress=True)


def _stamp(contact: Contact) -> str:
    return contact.invited_at.isoformat() if contact.invited_at else ""


@public
def welcome(request: HttpRequest, key: str) -> HttpResponseBase:
    """An invitation: read first, accepted by a button."""
    at = clock.now()
    contact, account_id = _invited(key, at)
    if contact is None:
        return framed(request, "portal/welcome.html", area="sign-in", status=410, contact=None)
    if request.method == "POST":
        actions.accept_invitation(contact, at=at)
        return let_in(request, contact, "code", leads_to="/support/security/?first=1")
    names = reading.rows(connection, _ACCOUNTS, [contact.pk, at.date(), at.date()])
    return framed(
        request,
        "portal/welcome.html",
        area="sign-in",
        brand=endpoint.brand_of_contact(contact.pk, request, account_id=account_id),
        contact=contact,
        accounts=[name for (name,) in names],
    )


def _invited(key: str, at: datetime) -> tuple[Contact | None, int]:
    """Who is invited, if the link still works, and to which account."""
    try:
        found: Any = signing.loads(key, salt=_SALT, max_age=timedelta(days=INVITED_DAYS))
        contact_id, stamp, account_id = found
    except (signing.BadSignature, ValueError, TypeError):
        return None, 0
    contact = who_may(at.date()).filter(pk=contact_id).first()
    good = contact is not None and stamp and _stamp(contact) == stamp
    return (contact, account_id) if good else (None, 0)
