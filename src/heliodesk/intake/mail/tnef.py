"""Open winmail.dat: the files and the text that Outlook packs into one TNEF part.

Read here and not by a library: every loop below moves on in the data or ends, so that no count
or length that a stranger wrote can hold the desk up.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from heliodesk.intake.mail import charset, limits

_SIGNATURE = b"\x78\x9f\x3e\x22"
_MESSAGE_OBJECT = bytes.fromhex("0703020000000000c000000000000046")
_DEPTH = 3
# records
_BODY, _MESSAGE_PROPERTIES, _CODEPAGE = 0x800C, 0x9003, 0x9007
_NEW_FILE, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
# properties
_TEXT, _HTML, _INTERNET_CODEPAGE = 0x1000, 0x1013, 0x3FDE
_FILE_DATA, _SHORT_NAME, _LONG_NAME, _DISPLAY_NAME = 0x3701, 0x3704, 0x3707, 0x3001
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_SHORT = {2, 11}
_SIZED = {0, 0x0D, 0x1E, 0x1F, 0x102}
_UNICODE, _SEVERAL, _NAMED = 0x1F, 0x1000, 0x8000


@dataclass(slots=True)
class _File:
    title: bytes = b""
    data: bytes = b""
    properties: dict[int, tuple[int, bytes]] = field(default_factory=dict)


def files(data: bytes, depth: int = 0) -> tuple[list[tuple[str, bytes]], str, str]:
    """Names and contents of the enclosed files, the text body, the HTML body; empty on doubt."""
    if not data.startswith(_SIGNATURE) or len(data) > limits.TNEF_BYTES:
        return [], "", ""
    found: list[_File] = []
    message: dict[int, tuple[int, bytes]] = {}
    label, body = "cp1252", b""
    for attribute, content in _records(data):
        if attribute == _CODEPAGE and len(content) >= 4:
            label = f"cp{struct.unpack_from('<I', content)[0]}"
        elif attribute == _NEW_FILE:
            found.append(_File())
        elif attribute == _MESSAGE_PROPERTIES:
            message = _properties(content)
        elif attribute == _BODY:
            body = content
        elif found:
            _fill(found[-1], attribute, content)
    out = [item for entry in found for item in _contents(entry, label, depth)]
    return out, _text(message, _TEXT, label) or _words(body, label), _page(message)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Attribute number and content of every record, up to the first that does not fit."""
    at, count = 6, 0
    while at + 11 <= len(data) and count < limits.TNEF_OBJECTS:
        attribute, _, size = struct.unpack_from("<HHI", data, at + 1)
        if at + 9 + size > len(data):
            return
        yield attribute, data[at + 9 : at + 9 + size]
        at += size + 11
        count += 1


def _fill(entry: _File, attribute: int, content: bytes) -> None:
    if attribute == _TITLE:
        entry.title = content
    elif attribute == _DATA:
        entry.data = content
    elif attribute == _FILE_PROPERTIES:
        entry.properties |= _properties(content)


def _properties(data: bytes) -> dict[int, tuple[int, bytes]]:
    """MAPI properties by number: type and first value."""
    found: dict[int, tuple[int, bytes]] = {}
    try:
        (count,) = struct.unpack_from("<I", data)
        at = 4
        for _ in range(min(count, len(data) // 4, limits.TNEF_OBJECTS)):
            kind, number = struct.unpack_from("<HH", data, at)
            at = _after_name(data, at + 4) if number >= _NAMED else at + 4
            value, at = _value(data, at, kind)
            found.setdefault(number, (kind & ~_SEVERAL, value))
    except struct.error:
        pass
    return found


def _after_name(data: bytes, at: int) -> int:
    """Past the identity of a named property: its space, then a number or a name."""
    kind, size = struct.unpack_from("<II", data, at + 16)
    return at + 24 + (-(-size // 4) * 4 if kind else 0)


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    """The first value of a property, and where the next property starts."""
    several, kind = bool(kind & _SEVERAL), kind & ~_SEVERAL
    count = 1
    if several or kind in _SIZED:
        (count,) = struct.unpack_from("<I", data, at)
        at += 4
    first = b""
    for number in range(min(count, len(data) // 2)):
        if kind in _SIZED:
            (size,) = struct.unpack_from("<I", data, at)
            value, at = data[at + 4 : at + 4 + size], at + 4 + -(-size // 4) * 4
        elif kind in _FIXED:
            size = 2 if several and kind in _SHORT else _FIXED[kind]
            value, at = data[at : at + size], at + size
        else:
            raise struct.error("unknown property type")
        first = value if number == 0 else first
        if at > len(data):
            break
    if several and kind in _SHORT:
        at += -(count * 2) % 4
    return first, at


def _contents(entry: _File, label: str, depth: int) -> list[tuple[str, bytes]]:
    """A file under its best name; an enclosed message gives the files that it holds."""
    name = ""
    for number in (_LONG_NAME, _SHORT_NAME):
        name = name or _text(entry.properties, number, label)
    name = name or _words(entry.title, label) or _text(entry.properties, _DISPLAY_NAME, label)
    data = entry.properties.get(_FILE_DATA, (0, b""))[1] or entry.data
    if data.startswith(_MESSAGE_OBJECT):
        data = data[len(_MESSAGE_OBJECT) :]
        if depth < _DEPTH and (inner := files(data, depth + 1)[0]):
            return inner
    return [(name, data)] if name or data else []


def _text(properties: dict[int, tuple[int, bytes]], number: int, label: str) -> str:
    kind, value = properties.get(number, (0, b""))
    return _words(value, "utf-16-le" if kind == _UNICODE else label)


def _words(data: bytes, label: str) -> str:
    text = charset.decode(data, label) if data else ""
    return charset.clean(text.rstrip("\x00"))


def _page(message: dict[int, tuple[int, bytes]]) -> str:
    """The HTML body in the code page that the message names."""
    label = None
    codepage = message.get(_INTERNET_CODEPAGE, (0, b""))[1]
    if len(codepage) >= 4:
        number = struct.unpack_from("<I", codepage)[0]
        label = {65001: "utf-8", 20866: "koi8-r", 28591: "latin-1"}.get(number, f"cp{number}")
    kind, value = message.get(_HTML, (0, b""))
    return _words(value, "utf-16-le" if kind == _UNICODE else label or "utf-8")
