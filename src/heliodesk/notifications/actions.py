"""What administrators do with the words that customers are sent."""

from datetime import datetime
from typing import Any

from django.db import transaction

from heliodesk.channels.mailboxes import MailboxFacts
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line, storable
from heliodesk.notifications.models import Template
from heliodesk.notifications.rendering import KINDS, BadWords, Words, render
from heliodesk.notifications.samples import BOX, sample


class Refused(Exception):
    """The words cannot be used; the text says why, for people."""


@transaction.atomic
def write_words(
    kind: str,
    words: Words,
    *,
    region: str = "",
    language: str = "en",
    by: By,
    at: datetime,
) -> Template:
    """Use these words for a kind of mail, everywhere or in one region and language.

    Raises:
        Refused: they are empty, or cannot be rendered with sample values.
    """
    tidy = Words(one_line(storable(words.subject), 300), storable(words.text), storable(words.html))
    if kind not in KINDS:
        raise Refused(f"The desk sends no mail of the kind “{kind}”.")
    if not tidy.subject or not tidy.text.strip():
        raise Refused("A mail needs a subject and a text.")
    try:
        render(tidy, sample(kind), BOX)
    except BadWords as error:
        raise Refused(str(error)) from error
    row, made = Template.objects.select_for_update().update_or_create(
        kind=kind,
        region=region,
        language=language,
        defaults={
            "subject": tidy.subject,
            "text": tidy.text,
            "html": tidy.html,
            "changed_at": at,
            "changed_by": by.name[:120],
        },
    )
    data = {
        "kind": kind,
        "region": region,
        "language": language,
        "subject": tidy.subject,
        "text": tidy.text,
        "html": tidy.html,
    }
    record([Happening("written" if made else "rewritten", "template", row.pk, data)], by=by, at=at)
    return row


@transaction.atomic
def reset_words(template: Template, *, by: By, at: datetime) -> None:
    """Go back to the words that ship with the desk (or to the wider ones)."""
    data = {
        "kind": template.kind,
        "region": template.region,
        "language": template.language,
        "subject": template.subject,
        "text": template.text,
    }
    number = template.pk
    template.delete()
    record([Happening("reset", "template", number, data)], by=by, at=at)


def tried(
    kind: str, words: Words, box: MailboxFacts | None, values: dict[str, Any] | None = None
) -> str:
    """The page that these words make of values, or sample ones, in the brand of a mailbox.

    Raises:
        Refused: they cannot be rendered.
    """
    try:
        return render(words, values or sample(kind), box or BOX).html
    except BadWords as error:
        raise Refused(str(error)) from error
