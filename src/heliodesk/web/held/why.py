"""Why something is held, in words for agents: a badge, a headline, and what to look at."""

from typing import NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _


class Why(NamedTuple):
    """A reason as pages show it."""

    badge: str
    tone: str
    title: str
    text: str


_WHY = {
    "sender_unknown": Why(
        _("Unknown sender"),
        "neutral",
        _("Nobody here has this address"),
        _("No contact writes from it, and no account has proven its domain. Find whose it is."),
    ),
    "contact_unverified": Why(
        _("Sender not a contact"),
        "warn",
        _("The account is known, the sender is not"),
        _("Add the sender to the account if a designated contact vouches for them."),
    ),
    "contact_former": Why(
        _("No longer a contact"),
        "warn",
        _("This contact was deactivated"),
        _("They may have left. Tell them nothing of the account before somebody there agrees."),
    ),
    "id_missing": Why(
        _("Which account?"),
        "accent",
        _("The sender writes for several accounts"),
        _("No ID was given. Choose the account, or ask which one is meant."),
    ),
    "id_unmatched": Why(
        _("Unknown ID"),
        "warn",
        _("No account has the ID that was given"),
        _("It may be mistyped. Compare it with the sender's account."),
    ),
    "id_malformed": Why(
        _("ID malformed"),
        "neutral",
        _("What was given is not an ID"),
        _("Compare it with the sender's account."),
    ),
    "cross_account_id": Why(
        _("Another account's ID"),
        "danger",
        _("The ID belongs to an account that is not the sender's"),
        _("Nothing of that account may be told, not even that it exists."),
    ),
    "verify_by_callback": Why(
        _("P1 call to verify"),
        "danger",
        _("A caller claims a P1 and gave no account ID"),
        _("Call back a registered number of the company that was named, never the calling one."),
    ),
    "phone_find_your_id": Why(
        _("Call without ID"),
        "neutral",
        _("The caller gave no account ID and was told where it is"),
        _("If you know whose call it was, attach it; otherwise put it away."),
    ),
    "caller_unknown": Why(
        _("Unknown caller"),
        "warn",
        _("The account is known, the caller is no contact of it"),
        _("Ask a designated contact of the account before anything is told."),
    ),
    "partner_no_relation": Why(
        _("Partner without relation"),
        "danger",
        _("The partner does not act for this customer"),
        _("Only the customer can grant it. Relate them on the account's page if they agree."),
    ),
    "thread_sender_mismatch": Why(
        _("Another's case"),
        "danger",
        _("The sender is no party of the case that was named"),
        _("Add it to the case only when its customer wants them to take part."),
    ),
    "auth_failed": Why(
        _("Sender not proven"),
        "danger",
        _("The mail says it is from a contact, and the checks say it is not"),
        _("It may be forged. Call the contact before you act on it."),
    ),
    "poison": Why(
        _("Could not be read"),
        "neutral",
        _("Reading this message failed"),
        _("It is kept as it came. Save it, or take it in again after an update."),
    ),
}
_SIGNS = {
    "id": _("its ID is in the subject"),
    "contact": _("the sender is a contact there"),
    "partner": _("the sender's company acts for it"),
    "domain": _("the domain is proven to be theirs"),
    "name": _("its name is in the text"),
}


def why(code: str) -> Why:
    """A reason; one without words of its own is shown as it is called."""
    found = _WHY.get(code)
    if found is None:
        words = code.replace("_", " ").capitalize()
        return Why(words, "neutral", words, "")
    return Why(*(gettext(part) if at != 1 else part for at, part in enumerate(found)))


def signs(codes: list[str]) -> str:
    """What speaks for an account, as one sentence; empty when nothing does."""
    words = ", ".join(gettext(_SIGNS[code]) for code in codes if code in _SIGNS)
    return words[:1].upper() + words[1:]
