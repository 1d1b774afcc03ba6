"""Links by which people of the desk choose their password: mailed, or shown once."""

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction

from heliodesk.channels.mailboxes import active_mailboxes
from heliodesk.identity import actions
from heliodesk.identity.models import User
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest

#: Days for which a link works.
DAYS = settings.PASSWORD_RESET_TIMEOUT // 86400


def by_mail() -> bool:
    """Whether links go out by mail; they do not while mail is only captured."""
    return settings.MAIL_OUTBOUND != "capture" and bool(active_mailboxes())


@transaction.atomic
def invite(request: PersonRequest, user: User) -> str:
    """Mail somebody a link to choose their password. Returns the link when it cannot be mailed,
    to be shown once and told in person.

    Raises:
        Refused: they are deactivated, or may do more than the one who invites them.
    """
    actions.invited(user, by=request.person.by, at=clock.now())
    adapter = get_adapter(request)
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    link = str(adapter.get_reset_password_from_key_url(f"{user_pk_to_url_str(user)}-{key}"))
    if not by_mail():
        return link
    context = {"user": user, "inviter": request.person.name, "link": link, "days": DAYS}
    adapter.send_mail("account/email/invited", user.email, context)
    return ""
