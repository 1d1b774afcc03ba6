"""Made-up values to try an administrator's words with."""

from typing import Any

from heliodesk.cases.models import Case
from heliodesk.channels.mailboxes import MailboxFacts
from heliodesk.kernel.references import spoken

#: A mailbox for trying words when the desk has none yet.
BOX = MailboxFacts(
    id=0,
    address="support@example.com",
    aliases=(),
    name="Support",
    region="",
    offshore=False,
    brand="Example Support",
    brand_color="",
    footer="Example Ltd, 1 Sample Street.",
)
_REF = "48120990"


def sample(kind: str) -> dict[str, Any]:
    """Values as a mail of this kind is given."""
    known: dict[str, Any] = {
        "ref": _REF,
        "spoken": "4812 0990",
        "link": f"https://support.example.com/support/cases/{_REF}/",
        "title": "Printer in the hall is offline",
        "priority": "P3",
        "name": "Ada Byron",
        "sentence": "An engineer answers within eight working hours.",
        "details": "The printer in the hall is offline since this morning.\n\nAda",
        "attachments": ["photo.png"],
        "author": "Sam Okafor",
        "signature": "Sam Okafor\nLarkspur",
        "team": "UK & Europe",
        "text": "Hello Ada,\n\nplease switch it off and on again, and tell us whether it helps.",
        "until": "17:00 on Friday 6 March 2026, London (GMT)",
        "incident": "Mail to outside is delayed",
        "resolution": "Switching it off and on again helped.",
    }
    if kind in {"held", "rejected"}:
        known["ref"] = known["spoken"] = "H-BAEHV"
        known["subject"] = "Printer"
    if kind == "signature":
        known["region"] = "uk-europe"
    if kind == "forward":
        known |= {
            "from_name": "Ada Byron",
            "from_address": "ada@example.org",
            "sent_at": "2026-03-03 10:00 UTC",
            "subject": "Printer",
            "original": known["details"],
        }
    return known


def of_case(kind: str, case: Case, box: MailboxFacts = BOX) -> dict[str, Any]:
    """The same with what a case says; what it lacks stays made up."""
    known = sample(kind)
    said = {row.direction: row.text for row in case.messages.order_by("id")[:50] if row.text}
    told = {
        "ref": case.ref,
        "spoken": spoken(case.ref),
        "link": f"{box.home}/support/cases/{case.ref}/",
        "title": case.title,
        "priority": case.priority,
        "name": case.contact.name if case.contact else "",
        "details": said.get("in", ""),
        "original": said.get("in", ""),
        "text": said.get("out", ""),
        "resolution": case.resolution,
        "author": case.owner.name if case.owner else "",
    }
    return known | {name: value for name, value in told.items() if value and name in known}
