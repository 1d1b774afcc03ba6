"""Ways to reach a person: added by them, proven by a code, used only then."""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import phonenumbers
from django.conf import settings

from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line
from heliodesk.oncall.actions.guarded import guarded
from heliodesk.oncall.actions.paging import write
from heliodesk.oncall.models import ContactMethod, Page
from heliodesk.oncall.rules.words import Channel, Purpose, Refused
from heliodesk.oncall.senders.chat import readable
from heliodesk.oncall.senders.known import is_set

CODE_HOLDS = timedelta(minutes=15)
MOST_TRIES = 5
MOST_WAYS = 12
#: Codes sent to one way in an hour.
_MOST_CODES = 5


def add_way(*, kind: Channel, address: str, label: str, by: By, at: datetime) -> ContactMethod:
    """Add a way to reach oneself, and send it a code.

    Raises:
        Refused: the address cannot be one, the desk has no such channel, or there are too many.
    """
    address = _checked(kind, address.strip())
    if settings.PAGING != "capture" and not is_set(kind):
        raise Refused(f"This desk cannot send by {kind.value} yet: it is not set up.")
    with guarded():
        mine = ContactMethod.objects.filter(person_id=by.id)
        if mine.filter(kind=kind, address=address).exists():
            raise Refused("You have added this one already.")
        if mine.count() >= MOST_WAYS:
            raise Refused(f"{MOST_WAYS} ways to reach you are enough. Remove one first.")
        row = ContactMethod.objects.create(
            person_id=by.id or 0, kind=kind, address=address, label=one_line(label, 80),
            place=mine.count(), added_at=at,
        )  # fmt: skip
        _send_code(row, at)
    return row


def _checked(kind: Channel, address: str) -> str:
    if kind in {Channel.VOICE, Channel.SMS}:
        return _number(address)
    if kind is Channel.EMAIL:
        if "@" not in address or len(address) > 254 or any(c.isspace() for c in address):
            raise Refused("This is no mail address.")
        return address
    if kind is Channel.PUSH:
        return _subscription(address)
    if len(address) > 1000 or not readable(address):
        raise Refused(
            "No service is known by this address. It looks like slack://token or ntfys://topic."
        )
    return address


def _number(text: str) -> str:
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise Refused("Write the number with its country code, such as +442079460155.") from None
    if not phonenumbers.is_possible_number(number):
        raise Refused("This number is too long or too short for its country.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _subscription(text: str) -> str:
    try:
        given = json.loads(text)
        keys = given["keys"]
        kept = {
            "endpoint": str(given["endpoint"]),
            "keys": {"p256dh": str(keys["p256dh"]), "auth": str(keys["auth"])},
        }
    except (ValueError, KeyError, TypeError):
        raise Refused("The browser gave no subscription. Allow notifications, try again.") from None
    if urlsplit(str(kept["endpoint"])).scheme != "https" or len(text) > 4000:
        raise Refused("The browser's push service has no safe address.")
    return json.dumps(kept, sort_keys=True)


def send_code(way: ContactMethod, *, by: By, at: datetime) -> None:
    """Send another code to a way of one's own.

    Raises:
        Refused: it is another person's, is proven already, or got too many codes.
    """
    with guarded():
        _send_code(_mine(way.pk, by), at)


def _send_code(way: ContactMethod, at: datetime) -> None:
    if way.verified_at:
        raise Refused("This one is proven already.")
    since = at - timedelta(hours=1)
    if Page.objects.filter(method=way, purpose=Purpose.CODE, made_at__gt=since).count() > (
        _MOST_CODES - 1
    ):
        raise Refused("Too many codes were sent. Wait an hour, then try again.")
    code = f"{secrets.randbelow(10**6):06d}"
    way.code_hash, way.code_until, way.code_tries = _hash(way.pk, code), at + CODE_HOLDS, 0
    way.save(update_fields=["code_hash", "code_until", "code_tries"])
    said = " ".join(code) if way.kind == Channel.VOICE else code
    page = Page(
        key=f"code:{way.pk}:{at.timestamp():.3f}",
        purpose=Purpose.CODE,
        person_id=way.person_id,
        method=way,
        channel=way.kind,
        address=way.address,
        subject="Your Heliodesk code",
        text=f"Your code is {said}. It holds for 15 minutes.",
        token=secrets.token_urlsafe(32),
        made_at=at,
        next_try_at=at,
    )
    write([page])


def _hash(id: int, code: str) -> str:
    return hashlib.sha256(f"{settings.SECRET_KEY}:way:{id}:{code}".encode()).hexdigest()


def _mine(way_id: int, by: By) -> ContactMethod:
    row = ContactMethod.objects.select_for_update().filter(pk=way_id, person_id=by.id).first()
    if row is None:
        raise Refused("This is not one of your ways to be reached.")
    return row


def verify(way: ContactMethod, *, code: str, by: By, at: datetime) -> None:
    """Prove a way by the code it was sent; from now on it is paged.

    Raises:
        Refused: the code is wrong or too old, or was guessed too often.
    """
    wrong = False
    with guarded():
        row = _mine(way.pk, by)
        if row.verified_at:
            return
        if row.code_tries >= MOST_TRIES or not row.code_until or row.code_until < at:
            raise Refused("This code holds no more. Ask for a new one.")
        given = "".join(c for c in code if c.isdigit())
        if secrets.compare_digest(_hash(row.pk, given), row.code_hash):
            row.verified_at, row.code_hash, row.code_until = at, "", None
            data = {"kind": row.kind, "way": row.pk}
            record([Happening("way_proven", "user", row.person_id, data)], by=by, at=at)
        else:
            row.code_tries += 1
            wrong = True
        row.save()
    if wrong:
        left = MOST_TRIES - row.code_tries
        raise Refused(f"This is not the code. {left} tries are left." if left else "Ask anew.")


def remove_way(way: ContactMethod, *, by: By, at: datetime) -> None:
    """Take a way away.

    Raises:
        Refused: it is another person's.
    """
    with guarded():
        row = _mine(way.pk, by)
        data = {"kind": row.kind, "way": row.pk}
        row.delete()
        record([Happening("way_removed", "user", by.id or 0, data)], by=by, at=at)


def try_way(way: ContactMethod, *, by: By, at: datetime) -> None:
    """Send a page that asks for nothing, to hear how it sounds.

    Raises:
        Refused: it is another person's, or not proven yet.
    """
    with guarded():
        row = _mine(way.pk, by)
        if not row.verified_at:
            raise Refused("Prove this one by its code first.")
        page = Page(
            key=f"test:{row.pk}:{at.timestamp():.3f}",
            purpose=Purpose.ALARM,
            person_id=row.person_id,
            method=row,
            channel=row.kind,
            address=row.address,
            subject="A test page from Heliodesk",
            text="This is a test. A real page names the case and asks you to take it.",
            token=secrets.token_urlsafe(32),
            made_at=at,
            next_try_at=at,
        )
        write([page])
