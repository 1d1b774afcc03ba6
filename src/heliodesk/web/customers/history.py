"""What happened to an account or a contact, in words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

from heliodesk.journal.past import Past
from heliodesk.web import words

_SENTENCES = {
    "opened": _("Opened"),
    "renamed": _("Renamed from %(before)s to %(after)s"),
    "region_changed": _("Region changed from %(before)s to %(after)s"),
    "residency_changed": _("Moved over the data boundary"),
    "lifecycle_changed": _("From “%(before)s” to “%(after)s”"),
    "note_changed": _("Note changed"),
    "partner_marked": _("Marked as a partner, or no longer"),
    "identifier_added": _("ID %(value)s given"),
    "identifier_ended": _("ID %(value)s ended"),
    "domain_verified": _("Domain %(domain)s verified"),
    "domain_dropped": _("Domain %(domain)s dropped"),
    "role_granted": _("%(name)s is %(kind)s"),
    "role_ended": _("%(name)s is no longer %(kind)s"),
    "partner_related": _("%(name)s may act for it"),
    "partner_changed": _("Relation with %(name)s changed"),
    "partner_ended": _("%(name)s no longer acts for it"),
    "contact_invited": _("%(name)s invited to the portal"),
    "contact_removed": _("%(name)s deactivated by the account"),
    "sign_in_set": _("Company sign-in at %(server)s set up"),
    "sign_in_dropped": _("Company sign-in switched off"),
    "joined_portal": _("Signed in to the portal for the first time"),
    "accepted_invitation": _("Followed the invitation to the portal"),
    "imported": _("Changed by an import"),
    "contract_opened": _("Contract opened"),
    "contract_ended": _("Contract ended"),
    "added": _("Added"),
    "described": _("Details changed"),
    "deactivated": _("Deactivated"),
    "reactivated": _("Reactivated"),
    "address_added": _("Address %(address)s added"),
    "address_dropped": _("Address %(address)s dropped"),
    "address_preferred": _("Written to at %(address)s from now on"),
    "merged": _("Merged into %(name)s"),
    "merged_in": _("%(name)s merged into this contact"),
}


class Line(NamedTuple):
    """One line of a history."""

    at: datetime
    by: str
    text: str


def lines(events: Sequence[Past]) -> list[Line]:
    """The events as lines; a verb without words of its own is shown as it is called."""
    return [Line(event.at, event.by, _text(event.verb, event.data)) for event in events]


def _text(verb: str, data: dict[str, Any]) -> str:
    sentence = _SENTENCES.get(verb)
    if sentence is None:
        return verb.replace("_", " ").capitalize()
    known = dict(data)
    if "kind" in known:
        known["kind"] = words.contact_kind(str(known["kind"]))
    if verb == "lifecycle_changed":
        known = {name: words.lifecycle(str(value)) for name, value in known.items()}
    try:
        return translated(sentence) % known
    except KeyError:
        return verb.replace("_", " ").capitalize()
