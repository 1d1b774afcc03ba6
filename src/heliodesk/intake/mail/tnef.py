"""Open winmail.dat: the files and the text that Outlook packs into one TNEF part."""

import struct
from typing import Any

from heliodesk.intake.mail import charset, limits

_SIGNATURE = b"\x78\x9f\x3e\x22"


def files(data: bytes) -> tuple[list[tuple[str, bytes]], str, str]:
    """Names and contents of the enclosed files, the text body and the HTML body; empty on doubt."""
    if not data.startswith(_SIGNATURE) or len(data) > limits.TNEF_BYTES or not _bounded(data):
        return [], "", ""
    import logging

    from tnefparse import TNEF  # type: ignore[import-untyped]

    logging.getLogger("tnefparse").setLevel(logging.CRITICAL)
    try:
        packed = TNEF(data, do_checksum=False)
        found = [(_name(item), bytes(item.data or b"")) for item in packed.attachments]
        body, page = _text(packed.body), _text(packed.htmlbody)
    except Exception:
        return [], "", ""
    return [(name, content) for name, content in found if name or content], body, page


def _bounded(data: bytes) -> bool:
    """Whether the record lengths hold together and are few enough to walk."""
    at, count = 6, 0
    while at + 12 < len(data):
        (size,) = struct.unpack_from("<I", data, at + 5)
        at += size + 11
        count += 1
        if count > limits.TNEF_OBJECTS or count * (len(data) - at) > 2 * 10**10:
            return False
    return True


def _name(item: Any) -> str:
    try:
        name = item.long_filename() or item.name
    except UnicodeDecodeError:
        name = item._name
    return charset.one_line(_text(name)).strip("\x00 ")


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = charset.decode(value, "cp1252")
    return charset.clean(value).rstrip("\x00") if isinstance(value, str) else ""
