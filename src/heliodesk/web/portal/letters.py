"""The mails that let contacts in: a code with a link, and an invitation.

They are never in a list of sent mail, since whoever reads one may follow its link.
"""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from heliodesk.channels import outgoing
from heliodesk.channels.outgoing import OutboundDraft
from heliodesk.customers.models import Account, Contact
from heliodesk.identity.mailed_codes import LIVES, Mailed
from heliodesk.web.portal import brand as brands
from heliodesk.web.portal.brand import Brand
from heliodesk.web.sign_in import MAIL_KIND

#: Days that an invitation lives.
INVITED_DAYS = 7


def mail_code(
    address: str,
    contact: Contact | None,
    mailed: Mailed,
    *,
    brand: Brand,
    language: str,
    at: datetime,
) -> None:
    """Mail a code and a link, in the brand of who signs in. For an address that nobody has the
    same is done, and undone."""
    minutes = int(LIVES.total_seconds() // 60)
    link = f"{brand.home}/support/sign-in/link/{mailed.token}/{mailed.secret}/"
    with override((contact.language if contact else "") or language):
        subject = _("%(code)s is your code for %(desk)s") % {
            "code": mailed.spoken,
            "desk": brand.support,
        }
        text = _(
            "Your sign-in code is %(code)s\n\n"
            "Type it where you asked for it, or open this link:\n%(link)s\n\n"
            "Both work once, for %(minutes)s minutes. If you did not ask for them, do nothing: "
            "nobody can sign in without this mail."
        ) % {"code": mailed.spoken, "link": link, "minutes": minutes}
    _write(address, brand, subject, text, user_id=contact.user_id if contact else None, at=at,
           keep=contact is not None)  # fmt: skip


def mail_invitation(
    contact: Contact, address: str, account: Account, key: str, *, inviter: str, at: datetime
) -> None:
    """Mail an invitation to the portal, in the brand of the account's region."""
    brand = brands.of_region(account.region, offshore=account.offshore)
    link = f"{brand.home}/support/welcome/{key}/"
    with override(contact.language or settings.LANGUAGE_CODE):
        subject = _("%(inviter)s invites you to %(desk)s") % {
            "inviter": inviter,
            "desk": brand.support,
        }
        text = _(
            "Hello %(name)s,\n\n%(inviter)s made you a support contact of %(account)s. Here you "
            "raise cases, follow them, and see what your support package gives you:\n%(link)s\n\n"
            "The link works for %(days)s days. Later, sign in with this address at %(portal)s."
        ) % {
            "name": contact.name,
            "inviter": inviter,
            "account": account.name,
            "link": link,
            "days": INVITED_DAYS,
            "portal": f"{brand.home}/support/",
        }
    _write(address, brand, subject, text, user_id=contact.user_id, at=at)


def _write(
    address: str,
    brand: Brand,
    subject: str,
    text: str,
    *,
    user_id: int | None,
    at: datetime,
    keep: bool = True,
) -> None:
    """Ask for the mail; without ``keep`` the same work leaves nothing behind."""
    if not outgoing.is_address(brand.address) or not outgoing.is_address(address):
        return
    key = uuid.uuid4().hex
    draft = OutboundDraft(
        key=f"{MAIL_KIND}:{key}",
        mailbox_id=brand.mailbox_id,
        kind=MAIL_KIND,
        subject_kind="user",
        subject_id=user_id or 0,
        automatic=True,
        to=[address],
        from_address=brand.address,
        from_name=brand.support,
        subject=subject,
        text=text,
        message_id=f"<{key}@{brand.address.rpartition('@')[2]}>",
    )
    with transaction.atomic():
        outgoing.write([draft], at=at)
        if not keep:
            transaction.set_rollback(True)
