"""Telephones of the desk and the numbers that customers call."""

from datetime import datetime

import phonenumbers
from django.db import IntegrityError, transaction

from heliodesk.cases.rules import Refused
from heliodesk.entitlements import packs
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line
from heliodesk.telephony.models import Line, VoiceNumber
from heliodesk.telephony.prompts import languages

#: The prompt that says that calls are recorded.
RECORDED = "recorded"
_TECHNOLOGIES = ("PJSIP/", "SIP/", "IAX2/", "Local/", "DAHDI/", "sip:", "client:")


def dialled(text: str) -> str:
    """What the telephone system dials: a number in E.164, or a name of its own.

    Raises:
        Refused: it is neither.
    """
    given = one_line(text, 120).strip()
    if given.startswith(_TECHNOLOGIES) and " " not in given and "&" not in given:
        return given
    try:
        number = phonenumbers.parse(given, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Refused(
            f"“{given}” cannot be dialled. Give a number with its country, such as "
            "+44 20 7946 0100, or the name of a phone such as PJSIP/anna."
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@transaction.atomic
def add_line(*, user_id: int, target: str, strangers: bool, by: By, at: datetime) -> Line:
    """Another telephone of somebody.

    Raises:
        Refused: it cannot be dialled, or is theirs already.
    """
    number = dialled(target)
    try:
        with transaction.atomic():
            line = Line.objects.create(user_id=user_id, target=number, takes_strangers=strangers)
    except IntegrityError as error:
        raise Refused("This telephone is on the list already.") from error
    record([Happening("line_added", "user", user_id, {"target": number})], by=by, at=at)
    return line


@transaction.atomic
def switch_line(line: Line, *, ready: bool, by: By, at: datetime) -> None:
    """Let a telephone ring, or not."""
    Line.objects.filter(pk=line.pk).update(ready=ready)
    data = {"target": line.target, "ready": ready}
    record([Happening("line_switched", "user", line.user_id, data)], by=by, at=at)


@transaction.atomic
def remove_line(line: Line, *, by: By, at: datetime) -> None:
    """This telephone rings no more."""
    user_id, number = line.user_id, line.target
    line.delete()
    record([Happening("line_removed", "user", user_id, {"target": number})], by=by, at=at)


@transaction.atomic
def put_number(
    *,
    e164: str,
    label: str,
    region: str,
    language: str,
    active: bool,
    recorded: bool = False,
    by: By,
    at: datetime,
) -> VoiceNumber:
    """A number that customers call: its region and the language that answers (C21, C29).

    Raises:
        Refused: it is no number, or the region or language is not known.
    """
    number = dialled(e164)
    if not number.startswith("+"):
        raise Refused("Give the number in full, with its country: +44 20 7946 0100.")
    if region and region not in packs.active().policy.pack.regions:
        raise Refused("Choose one of the policy's regions.")
    if language not in languages():
        raise Refused(
            f"There are no prompts in that language. There are: {', '.join(languages())}."
        )
    row, _ = VoiceNumber.objects.update_or_create(
        e164=number,
        defaults={
            "label": one_line(label, 80),
            "region": region,
            "language": language,
            "active": active,
            "notice": RECORDED if recorded else "",
        },
    )
    if by.id:
        data = {"number": number, "language": language, "active": active}
        record([Happening("number_saved", "user", by.id, data)], by=by, at=at)
    return row
