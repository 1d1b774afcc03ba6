"""What the rooms refuse, in the customer's language.

The rooms speak one language, with names and addresses in their sentences. Here every sentence that
a customer can meet has its pattern; one that has none is told as the room said it.
"""

import re

from django.utils.translation import gettext_noop as _

from heliodesk.web.translation import language, translated

_SENTENCES = (
    _("A contact needs a name."),
    _("A contact needs an e-mail address."),
    _("“%(text)s” is not an e-mail address."),
    _("The role would end before it starts."),
    _("%(name)s is already %(role)s in these days."),
    _("%(name)s is deactivated; reactivate the contact first."),
    _("%(name)s has no e-mail address to invite."),
    _("%(name)s has %(count)s designated contacts and may have %(most)s; "
      "end one of these roles first."),
    _("%(name)s is the last %(role)s of this account; appoint another first."),
    _("%(name)s already acts for %(account)s."),
    _("An account cannot be its own partner."),
    _("The client ID is missing."),
    _("The client secret is missing."),
    _("The entity ID of your identity provider is missing."),
    _("“%(text)s” is not an address; write it like https://login.example."),
    _("This is not a certificate; paste it from BEGIN to END."),
    _("The password is empty."),
    _("Choose from 1 to 5."),
    _("A case can be rated once it is solved."),
    _("The requester is always told. Make somebody else the requester first."),
)  # fmt: skip
#: Roles as the sentences name them.
_ROLES = (
    _("an authorised contact"),
    _("a designated contact"),
    _("an account administrator"),
    _("somebody who sees all cases"),
    _("administrator"),
    _("designated contact"),
)
_CASE = re.compile(r"A case that is .+ (cannot be|can only be) .+\.")
_MOVED = _("That is not possible any more: the case has moved on. Open it again to see how it is.")


def in_words(refusal: Exception) -> str:
    """The sentence of a refusal, for the reader of this page."""
    text = str(refusal)
    if language() == "en":
        return text
    if _CASE.fullmatch(text):
        return translated(_MOVED)
    for sentence, pattern in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            told = {name: _told(value) for name, value in found.groupdict().items()}
            return translated(sentence, **told)
    return text


def _told(value: str) -> str:
    return translated(value) if value in _ROLES else value


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", sentence)
    wanted = [f"(?P<{part}>.+?)" if n % 2 else re.escape(part) for n, part in enumerate(parts)]
    return re.compile("".join(wanted), re.S)


_PATTERNS = [(sentence, _pattern(sentence)) for sentence in _SENTENCES]
