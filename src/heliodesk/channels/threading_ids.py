"""Message-IDs and reply addresses that the desk recognises as its own.

Both carry the reference of a case or held item and a token over it (``kernel.tokens``), so a
reference that somebody guessed or copied from elsewhere proves nothing: a forged one is no
reference at all. The first of ``settings.SECRET_KEYS`` signs, every one verifies. Everything is
in lower case, because mail systems fold it.
"""

import re
import secrets

from django.conf import settings

from heliodesk.kernel import tokens
from heliodesk.kernel.references import is_case_reference, is_held_reference

_IN_MESSAGE_ID = "message-id"
_IN_ADDRESS = "reply-to"
_LOCAL_LONGEST = 64
#: Tried in one header; what comes after is not looked at, however long it is.
_MOST_TRIED = 50

#: Before the reference of a case in mail to somebody outside, whose answers stay among us.
_ASIDE = "x"
_REF = rf"{_ASIDE}?[0-9]{{8,12}}|h-[a-z]{{5,12}}"
_TOKEN = rf"[a-z2-7]{{{tokens.LENGTH}}}"
_OUR_MESSAGE_ID = re.compile(
    rf"(?<![^<\s])([a-z0-9-]{{1,30}}\.({_REF})\.[a-z0-9]{{1,32}})\.({_TOKEN})@", re.I
)
_OUR_ADDRESS = re.compile(rf"\+({_REF})-({_TOKEN})@", re.I)


def aside(ref: str) -> str:
    """What names a case in mail to somebody outside it."""
    return f"{_ASIDE}{ref}"


def message_id(kind: str, ref: str, domain: str, *, nonce: str = "") -> str:
    """A new Message-ID, in angle brackets, for mail about this reference.

    ``kind`` says what the mail is (``reply``, ``acknowledgement``). ``nonce`` (letters and
    digits, up to 32) makes it the same each time for the same message; a random one is the
    default.
    """
    word = re.sub("[^a-z0-9]+", "-", kind.lower()).strip("-")[:30] or "mail"
    signed = f"{word}.{ref.lower()}.{nonce.lower() or secrets.token_hex(6)}"
    token = tokens.token(settings.SECRET_KEYS[0], _IN_MESSAGE_ID, signed)
    return f"<{signed}.{token}@{domain.lower()}>"


def reply_address(mailbox_address: str, ref: str) -> str:
    """The address of a mailbox that leads back to this reference.

    A mailbox whose local part leaves no room for the token (64 characters, RFC 5321) is returned
    as it is; its answers are then found by Message-ID alone.
    """
    local, _, domain = mailbox_address.rpartition("@")
    token = tokens.token(settings.SECRET_KEYS[0], _IN_ADDRESS, ref.lower())
    tagged = f"{local}+{ref.lower()}-{token}"
    return f"{tagged}@{domain}" if len(tagged) <= _LOCAL_LONGEST else mailbox_address


def ref_in_message_id(text: str) -> str | None:
    """The reference in the first Message-ID of ours in a header value; none when forged."""
    return _proper(_in_message_id(text))


def aside_in_message_id(text: str) -> str | None:
    """The case in the first Message-ID of ours, when that mail went to somebody outside it."""
    return _outside(_in_message_id(text))


def _in_message_id(text: str) -> str | None:
    for match in _tried(_OUR_MESSAGE_ID, text):
        signed, ref, token = match.groups()
        if tokens.holds(settings.SECRET_KEYS, _IN_MESSAGE_ID, signed.lower(), token):
            return str(ref)
    return None


def ref_in_address(text: str) -> str | None:
    """The reference in the first reply address of ours in a text; none when forged."""
    return _proper(_in_address(text))


def aside_in_address(text: str) -> str | None:
    """The case in the first reply address of ours, when it was given to somebody outside it."""
    return _outside(_in_address(text))


def _in_address(text: str) -> str | None:
    for match in _tried(_OUR_ADDRESS, text):
        ref, token = match.groups()
        if tokens.holds(settings.SECRET_KEYS, _IN_ADDRESS, ref.lower(), token):
            return str(ref)
    return None


def _tried(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    matches = pattern.finditer(text)
    return [match for match, _ in zip(matches, range(_MOST_TRIED), strict=False)]


def _proper(ref: str | None) -> str | None:
    ref = (ref or "").upper()
    return ref if is_case_reference(ref) or is_held_reference(ref) else None


def _outside(ref: str | None) -> str | None:
    name = (ref or "").lower()
    return _proper(name.removeprefix(_ASIDE)) if name.startswith(_ASIDE) else None
