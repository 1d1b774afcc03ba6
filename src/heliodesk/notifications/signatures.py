"""What will stand under an answer, for pages that show it before it is sent."""

from heliodesk.cases.models import Case
from heliodesk.channels.mailboxes import active_mailboxes, answering
from heliodesk.identity import queries as identity
from heliodesk.notifications import samples, words_in_force
from heliodesk.notifications.rendering import BadWords, lines


def on_case(case: Case, user_id: int, author: str) -> str:
    """The signature of a person on answers to a case."""
    own = identity.signature_of(user_id)
    if own.strip():
        return own.strip()
    region = case.account.region
    language = case.contact.language if case.contact else ""
    box = answering(
        active_mailboxes(), region=region, offshore=case.offshore, written_to=case.mailbox_id
    )
    words = words_in_force.load().of("signature", region=region, language=language)
    values = {"author": author, "team": identity.team_of(user_id, case.queue), "region": region}
    try:
        return lines(words, values, box or samples.BOX)
    except BadWords:
        return author


def usual(author: str) -> str:
    """The template's signature, as where no region has its own."""
    words = words_in_force.load().of("signature", region="", language="en")
    box = next(iter(active_mailboxes()), samples.BOX)
    try:
        return lines(words, {"author": author, "team": "", "region": ""}, box)
    except BadWords:
        return author
