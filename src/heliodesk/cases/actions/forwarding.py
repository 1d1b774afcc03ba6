"""Ask somebody outside: a message goes to them with its files, their answers stay among us."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from heliodesk.cases.actions.answering import addresses, check_text, say
from heliodesk.cases.actions.drafts import MOST_BYTES
from heliodesk.cases.actions.step import step
from heliodesk.cases.letters import Written
from heliodesk.cases.models import Attachment, Case, Direction, Message, Participant
from heliodesk.cases.new import NewAttachment
from heliodesk.cases.rules import Refused, Verb
from heliodesk.channels.mailboxes import active_mailboxes, own_addresses
from heliodesk.journal.record import By
from heliodesk.kernel import sql

_THIRD = {"case_id": "bigint", "address": "text", "user_id": "bigint", "added_at": "timestamptz"}


def forward(
    case: Case, letter: Written, *, by: By, at: datetime, seen_version: int | None = None
) -> Message:
    """Forward a message of a case to addresses outside it, after a few words. The customer is not
    told, and never sees what is answered.

    Raises:
        Refused: nobody to send to, an address that takes part in the case or is the desk's own,
            or nothing to send.
    """
    to, cc, bcc = (addresses(given) for given in (letter.to, letter.cc, letter.bcc))
    if not to:
        raise Refused("Say who gets it: put an e-mail address into “To”.")
    _outside(case, (*to, *cc, *bcc))
    message = _of(case, letter.message)
    if message is None:
        check_text(letter.text)
    files = (*_files(message, letter.taken), *(one.attachment for one in letter.files))
    if sum(one.size for one in files) > MOST_BYTES:
        raise Refused(f"The files are larger than {MOST_BYTES // 10**6} MB. Leave some out.")
    marks = {"forward": {"message": message.pk if message else None, "bcc": list(bcc)}}
    with transaction.atomic():
        said = say(
            case,
            Direction.NOTE,
            letter.text,
            files,
            to=to,
            cc=cc,
            marks=marks,
            subject=f"Fwd: {case.title}",
            by=by,
            at=at,
        )
        rows = [(case.pk, address, by.id, at) for address in (*to, *cc, *bcc)]
        with sql.prepared(connection) as cursor:
            sql.insert(cursor, "cases_thirdparty", _THIRD, rows, tail="on conflict do nothing")
        data = {"message": said.pk, "to": [*to, *cc], "of": message.pk if message else None}
        step(case, Verb.FORWARD, by=by, at=at, data=data, seen_version=seen_version)
    return said


def _outside(case: Case, given: Sequence[str]) -> None:
    """Refuse those who take part, whose words the customer reads, and ourselves."""
    ours = own_addresses(active_mailboxes())
    parties = Participant.objects.filter(case=case, address__in=given)
    known = set(parties.values_list("address", flat=True))
    for address in given:
        if address in known:
            raise Refused(f"{address} takes part in the case. Answer instead of forwarding.")
        if address in ours:
            raise Refused(f"{address} is an address of this desk.")


def _of(case: Case, message_id: int | None) -> Message | None:
    if message_id is None:
        return None
    found = Message.objects.filter(pk=message_id, case=case).first()
    if found is None:
        raise Refused("The message to forward is not on this case any more.")
    return found


def _files(message: Message | None, taken: Sequence[int]) -> tuple[NewAttachment, ...]:
    if message is None or not taken:
        return ()
    found = Attachment.objects.filter(message=message, pk__in=list(taken)).order_by("id")
    return tuple(NewAttachment(f.name, f.content_type, f.size, f.sha256) for f in found)
