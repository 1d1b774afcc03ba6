"""Which mailbox a message belongs to when its envelope is not known."""

import re
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from email.policy import compat32

from heliodesk.channels.addresses import Addresses

#: Where mail servers write whom they delivered to, the surest first.
_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
_ADDRESS = re.compile(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")
_MOST_BYTES = 256 * 2**10
_MOST_ADDRESSES = 200


def mailbox_named_in(raw: bytes, addresses: Addresses) -> int | None:
    """The mailbox that a message's own header names, or none."""
    for tried, address in enumerate(_named_in(raw)):
        number = addresses.mailbox(address)
        if number is not None or tried >= _MOST_ADDRESSES:
            return number
    return None


def _named_in(raw: bytes) -> Iterator[str]:
    parsed = BytesHeaderParser(policy=compat32).parsebytes(raw[:_MOST_BYTES])
    for header in _HEADERS:
        for value in parsed.get_all(header, []):
            yield from _ADDRESS.findall(str(value))
