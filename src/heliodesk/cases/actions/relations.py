"""Cases that belong together, and the people who are told."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from heliodesk.cases.actions import write
from heliodesk.cases.actions.step import step
from heliodesk.cases.models import Case, CaseLink, Message, Participant
from heliodesk.cases.new import Party
from heliodesk.cases.rules import Happened, Refused, Verb
from heliodesk.customers.models import ContactAddress
from heliodesk.journal.record import By, Happening, record


def link(case: Case, *, other: Case, by: By, at: datetime) -> CaseLink:
    """Say that two cases belong together.

    Raises:
        Refused: it is the same case, or one is offshore and the other is not (C16).
    """
    if case.pk == other.pk:
        raise Refused("A case cannot be linked with itself.")
    if case.offshore != other.offshore:
        raise Refused("Only one of the two cases is offshore; they must stay apart.")
    first, second = sorted((case, other), key=lambda one: one.pk)
    with transaction.atomic():
        row, made = CaseLink.objects.get_or_create(
            case=first, other=second, defaults={"added_at": at}
        )
        if made:
            step(case, Verb.LINK, by=by, at=at, data={"other": other.ref, "id": other.pk})
            step(other, Verb.LINK, by=by, at=at, data={"other": case.ref, "id": case.pk})
    return row


def unlink(case: Case, *, other: Case, by: By, at: datetime) -> None:
    """Say that they do not, after all."""
    first, second = sorted((case, other), key=lambda one: one.pk)
    with transaction.atomic():
        gone, _ = CaseLink.objects.filter(case=first, other=second).delete()
        if gone:
            told = [
                Happening(Happened.UNLINKED, "case", one.pk, {"other": two.ref, "id": two.pk})
                for one, two in ((case, other), (other, case))
            ]
            record(told, by=by, at=at)


def invite(case: Case, *, address: str, name: str = "", by: By, at: datetime) -> Participant:
    """Copy somebody on everything said from now on.

    Raises:
        Refused: the address cannot be one.
    """
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(f"“{address}” is not an e-mail address.") from None
    known = ContactAddress.objects.filter(address=address).select_related("contact").first()
    party = Party(
        address,
        name or (known.contact.name if known else ""),
        known.contact_id if known else None,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        write.participants(cursor, [(case.pk, party, False)], at=at)
        step(case, Verb.INVITE, by=by, at=at, data={"address": address})
    return Participant.objects.get(case=case, address=address)


def confirm_sender(case: Case, *, message_id: int, by: By, at: datetime) -> Case:
    """Say that the unknown sender of a message belongs here: shown to everybody from now on.

    Raises:
        Refused: the message does not wait for that.
    """
    with transaction.atomic():
        message = Message.objects.filter(pk=message_id, case=case, pending=True).first()
        if message is None:
            raise Refused("This message does not wait for confirmation any more.")
        message.pending = False
        message.save(update_fields=["pending"])
        party = Party(message.author_address, message.author_name)
        with connection.cursor() as cursor:
            write.participants(cursor, [(case.pk, party, False)], at=at)
        waiting = Message.objects.filter(case=case, pending=True).exists()
        flags = [flag for flag in case.flags if waiting or flag != "sender_to_confirm"]
        data = {"message": message.pk, "address": message.author_address}
        return step(case, Verb.CONFIRM, by=by, at=at, data=data, flags=flags)


def uninvite(case: Case, *, address: str, by: By, at: datetime) -> None:
    """Stop copying somebody.

    Raises:
        Refused: it is the requester, who is always told.
    """
    party = Participant.objects.filter(case=case, address=address.strip().lower()).first()
    if party is None:
        return
    if party.requester:
        raise Refused("The requester is always told. Make somebody else the requester first.")
    with transaction.atomic():
        party.delete()
        step(case, Verb.INVITE, by=by, at=at, data={"removed": address})
