"""Read a header block with the standard library, after mending what would end it too early."""

import re
from email.parser import BytesHeaderParser
from email.policy import compat32
from itertools import islice

from heliodesk.intake.mail import encoded, limits

_PARSER = BytesHeaderParser(policy=compat32)
_BLANK = re.compile(rb"\r?\n\r?\n")
_SOUND = re.compile(rb"(?:[!-9;-~]+:[^\n]*\n|[ \t][^\n]*\n)*\Z")
_FIELDS = re.compile(rb"^[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*", re.M)
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_SPACED = re.compile(rb"([!-9;-~]+)[ \t]+:")
_KNOWN = re.compile(
    rb"(?:received|from|to|cc|bcc|subject|date|message-id|mime-version|content-[a-z-]+|x-[\w-]+"
    rb"|return-path|reply-to|sender|in-reply-to|references|delivered-to|list-[a-z]+|precedence"
    rb"|dkim-signature|authentication-results|importance|priority|auto-submitted"
    rb"|user-agent)[ \t]*:",
    re.I,
)
_ENVELOPE = re.compile(rb">?From [^\n]*\n")
_ID = re.compile(r"<([^<>]+)>")
_SPACES = re.compile(r"\s+")


class Headers:
    """Raw header fields in order, found by name in any case, decoded when asked for."""

    __slots__ = ("_index", "hint")

    def __init__(self, fields: list[tuple[str, str]], hint: str | None = None) -> None:
        self._index: dict[str, list[str]] = {}
        for name, value in fields:
            self._index.setdefault(name.lower(), []).append(value)
        self.hint = hint

    def __contains__(self, name: str) -> bool:
        return name in self._index

    def __len__(self) -> int:
        return len(self._index)

    def names(self) -> list[str]:
        """Every field name present, in small letters."""
        return list(self._index)

    def raw(self, name: str) -> str:
        """First value that is not blank, unfolded but not decoded; empty when absent."""
        for value in self._index.get(name, ()):
            if value and not value.isspace():
                return encoded.unfold(value).strip()
        return ""

    def raws(self, name: str) -> list[str]:
        """All values in order, unfolded but not decoded."""
        return [encoded.unfold(value).strip() for value in self._index.get(name, ())]

    def text(self, name: str) -> str:
        """First value as readable one-line text."""
        return encoded.text(self.raw(name), self.hint) if name in self._index else ""

    def texts(self, name: str) -> list[str]:
        """All values as readable one-line text."""
        return [encoded.text(value, self.hint) for value in self._index.get(name, ())]

    def ids(self, name: str) -> list[str]:
        """Message-IDs of the field without brackets, oldest first; the ends of a long chain."""
        value = next(
            (item for item in self._index.get(name, ()) if item and not item.isspace()), ""
        )
        if not value:
            return []
        half = limits.HEADER_VALUE_CHARS // 2
        value = value if len(value) <= 2 * half else f"{value[:half]} {value[-half:]}"
        value = encoded.unfold(value).strip()
        if "=?" in value or not value.isascii():
            value = encoded.text(value, self.hint)
        found = _ID.findall(value) or [
            word for word in value.replace(",", " ").split() if "@" in word or " " not in value
        ]
        found = [_SPACES.sub("", item).strip("<>")[:998] for item in found]
        found = list(dict.fromkeys(item for item in found if item))
        half = limits.REFERENCES // 2
        return found if len(found) <= limits.REFERENCES else found[:half] + found[-half:]


def split(source: bytes, start: int, end: int) -> tuple[bytes, int]:
    """Header block of the entity at ``start``, and where its body begins."""
    for blank in (b"\n", b"\r\n"):
        if source.startswith(blank, start, end):
            return b"", start + len(blank)
    found = _BLANK.search(source, start, end)
    if found:
        block, body = source[start : found.start()] + b"\n", found.end()
    else:
        block, body = source[start:end], end
        block += b"" if block.endswith(b"\n") else b"\n"
    return (block, body) if _SOUND.match(block) else _mended(block, start, body)


def _mended(block: bytes, start: int, body: int) -> tuple[bytes, int]:
    """Skip stray lines between fields; one with no known field after it starts the body."""
    kept: list[bytes] = []
    lines = block.splitlines(keepends=True)
    last = max((at for at, line in enumerate(lines) if _KNOWN.match(line)), default=-1)
    at = start
    for number, line in enumerate(lines):
        if line[:1] in b" \t" and kept:
            kept.append(line)
        elif _FIELD.match(line) and (number <= last or kept or number == 0):
            kept.append(_SPACED.sub(rb"\1:", line, count=1))
        elif number > last:
            return b"".join(kept), at
        at += len(line)
    return b"".join(kept), body


def strip_envelope(raw: bytes) -> bytes:
    """``raw`` without byte order mark, leading blank lines and mbox "From " line."""
    if raw[:3] == b"\xef\xbb\xbf":
        raw = raw[3:]
    if raw[:1].isspace():
        raw = _drop_blank_lines(raw)
    if raw.startswith((b"From ", b">From ")) and (found := _ENVELOPE.match(raw)):
        raw = raw[found.end() :]
    if b"\r" in raw[:4096] and b"\n" not in raw[:4096]:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw


def _drop_blank_lines(raw: bytes) -> bytes:
    at = len(raw) - len(raw.lstrip(b" \t\r\n"))
    start = raw.rfind(b"\n", 0, at) + 1
    indented = raw[start:at]
    return raw[at:] if indented and start == 0 else raw[start:]


def parse(block: bytes) -> Headers:
    """Fields of a header block, within the limits on its size."""
    if not block:
        return Headers([])
    if len(block) > limits.HEADER_BLOCK_BYTES or block.count(b"\n") > limits.HEADER_LINES:
        block = _shrunk(block)
    if b"\x00" in block:
        block = block.replace(b"\x00", b"")
    return Headers(list(_PARSER.parsebytes(block).raw_items()))


def _shrunk(block: bytes) -> bytes:
    """A huge block within the limits: first fields first, of a huge field its two ends."""
    kept: list[bytes] = []
    room, half = limits.HEADER_BLOCK_BYTES, limits.HEADER_VALUE_CHARS // 2
    for field in islice(_FIELDS.finditer(block), limits.HEADER_LINES):
        text = field[0]
        if len(text) > 2 * half:
            text = (text[:half] + b" " + text[-half:]).replace(b"\r", b"").replace(
                b"\n", b""
            ) + b"\n"
        if len(text) <= room:
            kept.append(text)
            room -= len(text)
    return b"".join(kept)
