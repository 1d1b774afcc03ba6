"""What customers would be sent, in each language, before anything is sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from heliodesk.channels.mailboxes import active_mailboxes, answering
from heliodesk.entitlements.tongues import short
from heliodesk.incidents import facts, queries
from heliodesk.incidents.actions.telling import promise, text_for
from heliodesk.incidents.models import Incident
from heliodesk.kernel.references import spoken
from heliodesk.notifications import words_in_force
from heliodesk.notifications.rendering import render
from heliodesk.notifications.samples import BOX


class Preview(NamedTuple):
    """The letter in one language, with one case's facts in it."""

    language: str
    cases: int
    addresses: int
    ref: str
    subject: str
    text: str
    #: Nobody wrote the words in this language: the common ones are sent.
    common: bool


def of_update(
    incident: Incident,
    texts: Mapping[str, str],
    *,
    packages: Sequence[str],
    author: str,
    at: datetime,
) -> list[Preview]:
    """The letters of an update, one a language, that of most cases first."""
    words, boxes, known = words_in_force.load(), active_mailboxes(), facts.policy()
    found: dict[str, Preview] = {}
    for one in queries.languages(incident.pk, packages):
        code = short(one.code)
        if code in found:
            more = found[code]
            found[code] = more._replace(
                cases=more.cases + one.cases, addresses=more.addresses + one.addresses
            )
            continue
        box = answering(boxes, region=one.region, offshore=one.offshore, written_to=one.mailbox_id)
        told = promise(incident, one.package, one.region, known, at)
        until_in = told.get("until_in")
        until = until_in.get(code) if isinstance(until_in, dict) else None
        values = {
            "ref": one.ref,
            "spoken": spoken(one.ref),
            "title": one.title,
            "name": one.name if "@" not in one.name else "",
            "text": text_for(texts, code),
            "author": author,
            "incident": incident.title,
            "until": until or told.get("until", ""),
            "priority": "", "sentence": "", "details": "", "attachments": [], "resolution": "",
        }  # fmt: skip
        mail = render(
            words.of("incident", region=one.region, language=code), values, box or BOX, code
        )
        found[code] = Preview(
            code, one.cases, one.addresses, one.ref, mail.subject, mail.text, code not in texts
            and code != "en",
        )  # fmt: skip
    return list(found.values())
