"""Undo content transfer encodings, forgiving what mail programs and gateways break."""

import binascii
import re

_B64_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_B64 = bytes(set(range(256)) - set(_B64_ALPHABET))
_B64_LINE = re.compile(rb"[A-Za-z0-9+/=]*[ \t]*\Z")
_SOFT_SPACE = re.compile(rb"=[ \t]+(?=\r?\n)")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ?([^\r\n]*)\r?\n", re.M)
_B64_RUNS = 1_000
_UU_TRIES = 40
_UU_LINE = re.compile(rb"[ -`]{2,62}\Z")


def decode(data: bytes, encoding: str) -> bytes:
    """Bytes of a body under its Content-Transfer-Encoding; unknown encodings leave them as is."""
    kind = encoding.strip().strip("\"';,").lower()
    if kind == "base64" or kind == "b":
        return base64(data)
    if kind in ("quoted-printable", "quotedprintable", "q"):
        return quoted_printable(data)
    if kind in ("x-uuencode", "uuencode", "x-uue", "uue"):
        found = uu_blocks(data)
        return found[0][3] if found else data
    return data


def base64(data: bytes) -> bytes:
    """Base64 with junk, missing padding, several padded runs, or a plain footer after it."""
    body = data.rstrip(b"= \t\r\n")
    if b"=" not in body and b"-" not in body:
        try:
            return binascii.a2b_base64(data)
        except binascii.Error:
            return _run(body)
    return _runs(data) if body.count(b"=") <= _B64_RUNS else _run(data)


def _run(data: bytes) -> bytes:
    clean = data.translate(None, _NOT_B64)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def _runs(data: bytes) -> bytes:
    out: list[bytes] = []
    block: list[bytes] = []
    lines = data.splitlines()
    for at, line in enumerate(lines):
        if not _B64_LINE.match(line):
            if out or block:
                tail = b"\n".join(lines[at:])
                return b"".join([*out, _run(b"".join(block)), b"\n", tail])
            continue
        block.append(line)
        if b"=" in line:
            out.extend(_run(run) for run in b"".join(block).split(b"="))
            block = []
    out.append(_run(b"".join(block)))
    return b"".join(out)


def quoted_printable(data: bytes) -> bytes:
    """Quoted-printable; soft line breaks may have spaces after the equals sign."""
    if b"=" not in data:
        return data
    if b"= " in data or b"=\t" in data:
        data = _SOFT_SPACE.sub(b"=", data)
    return binascii.a2b_qp(data)


def uu_blocks(data: bytes) -> list[tuple[int, int, str, bytes]]:
    """Uuencoded files inside a text: start, end, file name, content."""
    found: list[tuple[int, int, str, bytes]] = []
    at = tries = 0
    while tries < _UU_TRIES and (begin := _UU_BEGIN.search(data, at)):
        tries += 1
        block = _uu_block(data, begin.end())
        if block is None:
            at = begin.end()
            continue
        end, content = block
        found.append((begin.start(), end, begin[1].decode("utf-8", "surrogateescape"), content))
        at = end
    return found


def _uu_block(data: bytes, at: int) -> tuple[int, bytes] | None:
    """Content up to the line ``end``, or None when a line is no uuencoding."""
    out: list[bytes] = []
    while at < len(data):
        stop = data.find(b"\n", at)
        stop = len(data) if stop < 0 else stop
        line = data[at:stop].rstrip(b"\r\n")
        at = stop + 1
        if line.rstrip() == b"end":
            return min(at, len(data)), b"".join(out)
        if line.strip(b"` \t") == b"":
            continue
        decoded = _uu_line(line)
        if decoded is None:
            return None
        out.append(decoded)
    return None


def _uu_line(line: bytes) -> bytes | None:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        if not _UU_LINE.match(line):
            return None
    try:
        size = ((line[0] - 32 & 63) * 4 + 5) // 3
        return binascii.a2b_uu(line[:size])
    except binascii.Error:
        return None
