"""Decode header text: RFC 2047 encoded words, also badly made ones, and raw 8-bit bytes."""

import binascii
import re
from itertools import islice

from heliodesk.intake.mail import charset, limits

_WORD = re.compile(r"=\?([\w.:+*'-]{1,60})\?([bBqQ])\?(.*?)\?=(?!=[0-9A-Fa-f]{2})", re.S)
_UNFOLD = re.compile(r"[\r\n]+[ \t]*")
_Q_ESCAPE = re.compile(r"=([0-9A-Fa-f]{2})")
_NOT_B64 = re.compile(r"[^A-Za-z0-9+/]")


def unfold(value: str) -> str:
    """A raw header value on one line."""
    value = value[: limits.HEADER_VALUE_CHARS]
    return _UNFOLD.sub(" ", value) if "\n" in value or "\r" in value else value


def text(value: str, hint: str | None = None) -> str:
    """Readable one-line text of a raw header value; ``hint`` is the charset of the body."""
    value = unfold(value)
    return charset.one_line(words(value, hint) if "=?" in value else from_bytes(value, hint))


def from_bytes(value: str, hint: str | None = None) -> str:
    """Bytes that the header parser kept as surrogates, as text."""
    if value.isascii():
        return value
    data = value.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return charset.decode(data, hint if hint and charset.codec(hint) != "utf-8" else "cp1252")


def words(value: str, hint: str | None = None) -> str:
    """``value`` with its encoded words decoded; neighbours of one charset are joined first."""
    out: list[str] = []
    pending: tuple[str, bytes] | None = None
    end = 0
    for found in islice(_WORD.finditer(value), limits.ENCODED_WORDS):
        between = value[end : found.start()]
        label = found[1].split("*")[0].lower()
        data = _payload(found[2], found[3])
        if pending and not between.strip() and pending[0] == label:
            data = pending[1] + data
        else:
            out += [charset.decode(pending[1], pending[0])] if pending else []
            out += [from_bytes(between, hint)] if not pending or between.strip() else []
        pending = (label, data)
        end = found.end()
    if pending:
        out.append(charset.decode(pending[1], pending[0]))
    out.append(from_bytes(value[end:], hint))
    return "".join(out)


def _payload(encoding: str, body: str) -> bytes:
    if encoding in "bB":
        return _base64(body)
    raw = body.replace("_", " ").encode("utf-8", "surrogateescape").decode("latin-1")
    return _Q_ESCAPE.sub(lambda m: chr(int(m[1], 16)), raw).encode("latin-1")


def _base64(body: str) -> bytes:
    out = b""
    for run in body.split("="):
        run = _NOT_B64.sub("", run.replace("-", "+").replace("_", "/"))
        if len(run) % 4 == 1:
            run = run[:-1]
        out += binascii.a2b_base64(run + "=" * (-len(run) % 4))
    return out
