"""Build raw mails for the parser tests, byte by byte, broken ones too."""

import base64
import struct

BOUNDARY = "=_frontier"


def letter(body: str | bytes = "Hello\r\n", *, charset: str = "utf-8", **fields: str) -> bytes:
    """A raw message; a field name is written with underscores for hyphens."""
    given = {"From": "Ann Example <ann@customer.example>", "To": "support@desk.example"}
    given |= {"Subject": "The pump", "Date": "Mon, 23 Nov 2026 09:00:00 +0100"}
    given |= {"Message_ID": "<m1@customer.example>"} | fields
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())
    content = body.encode(charset) if isinstance(body, str) else body
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + content


def part(body: str | bytes, *fields: str) -> bytes:
    """One body part with the given header lines."""
    content = body.encode() if isinstance(body, str) else body
    return "".join(f"{field}\r\n" for field in fields).encode() + b"\r\n" + content


def multipart(kind: str, *parts: bytes, boundary: str = BOUNDARY, **fields: str) -> bytes:
    """A multipart message of ready parts."""
    wanted = {"MIME_Version": "1.0", "Content_Type": f'multipart/{kind}; boundary="{boundary}"'}
    return letter(joined(*parts, boundary=boundary), **(wanted | fields))


def joined(*parts: bytes, boundary: str = BOUNDARY) -> bytes:
    """Parts between their separators."""
    mark = b"--" + boundary.encode()
    return b"".join(mark + b"\r\n" + item + b"\r\n" for item in parts) + mark + b"--\r\n"


def plain(text: str) -> bytes:
    return part(text, "Content-Type: text/plain; charset=utf-8")


def page(html: str) -> bytes:
    return part(html, "Content-Type: text/html; charset=utf-8")


def encoded(content: bytes, kind: str, *fields: str) -> bytes:
    """A part in base64."""
    body = base64.encodebytes(content)
    return part(body, f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *fields)


def record(level: int, attribute: int, kind: int, data: bytes) -> bytes:
    """One record of a TNEF stream with its checksum."""
    head = struct.pack("<BHHI", level, attribute, kind, len(data))
    return head + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*found: tuple[int, int, bytes]) -> bytes:
    """MAPI properties (type, number, value) as TNEF packs them."""
    out = struct.pack("<I", len(found))
    for kind, number, value in found:
        out += struct.pack("<HH", kind, number)
        if kind in (0x0D, 0x1E, 0x1F, 0x102):
            out += struct.pack("<II", 1, len(value)) + value + b"\x00" * (-len(value) % 4)
        else:
            out += value
    return out


def winmail(name: str, content: bytes, *, long_name: str = "", enclosed: bytes = b"") -> bytes:
    """A TNEF stream with one attached file."""
    records = [
        record(1, 0x9006, 8, struct.pack("<I", 0x10000)),
        record(1, 0x9007, 6, struct.pack("<II", 1252, 0)),
        record(2, 0x9002, 6, b"\x01\x00" + b"\x00" * 12),
        record(2, 0x8010, 1, name.encode("cp1252") + b"\x00"),
        record(2, 0x800F, 6, content),
        record(2, 0x8013, 3, struct.pack("<7H", 2026, 11, 23, 9, 0, 0, 1)),
    ]
    given = [(3, 0x3705, struct.pack("<I", 1))]
    if long_name:
        given.append((0x1F, 0x3707, f"{long_name}\0".encode("utf-16-le")))
    if enclosed:
        signature = bytes.fromhex("0703020000000000c000000000000046")
        given.append((0x0D, 0x3701, signature + enclosed))
    records.append(record(2, 0x9005, 6, properties(*given)))
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(records)
