"""Cut a message into its MIME tree by offsets, bounded in depth and number of parts.

The standard library reads the header blocks; the cutting is ours because its body parser has
no bound on nesting and does not keep the bytes of a part as they came (signatures, enclosed mail).
"""

import re
from dataclasses import dataclass, field

from heliodesk.intake.mail import headers, limits, params, transfer
from heliodesk.intake.mail.headers import Headers

_SEPARATOR = re.compile(
    rb"^--([^\s-][^\r\n]{0,69}?|-[^\r\n]{0,69}?[^\s-][^\r\n]{0,20}?)[ \t]*\r?$", re.M
)
_ENCODED = ("base64", "quoted-printable")


@dataclass(slots=True)
class Entity:
    """A message or body part: its header fields and where its body lies in ``source``."""

    source: bytes
    start: int
    end: int
    headers: Headers
    kind: str
    params: dict[str, str]
    depth: int = 0
    children: list["Entity"] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        """The body as it came, transfer encoding not undone."""
        return self.source[self.start : self.end]

    @property
    def data(self) -> bytes:
        """The body with its transfer encoding undone."""
        encoding = self.headers.raw("content-transfer-encoding")
        return transfer.decode(self.body, encoding) if encoding else self.body

    def leaves(self) -> list["Entity"]:
        """Parts that hold no parts, in order."""
        if not self.children:
            return [self]
        return [leaf for child in self.children for leaf in child.leaves()]


class Tree:
    """The entities of one message, and the words for what was wrong with its structure."""

    __slots__ = ("count", "defects", "root")

    def __init__(self, raw: bytes) -> None:
        self.count = 0
        self.defects: list[str] = []
        self.root = self._entity(raw, 0, len(raw), "text/plain", 0)

    def _entity(self, source: bytes, start: int, end: int, default: str, depth: int) -> Entity:
        self.count += 1
        block, body = headers.split(source, start, end)
        if depth == 0 and len(block) > limits.HEADER_BLOCK_BYTES:
            self.defect("headers-cut")
        fields = headers.parse(block)
        kind, found = params.content_type(fields.raw("content-type"), default)
        fields.hint = found.get("charset")
        entity = Entity(source, body, end, fields, kind, found, depth)
        if kind.startswith("multipart/"):
            self._divide(entity)
        return entity

    def defect(self, word: str) -> None:
        """Note a fault once."""
        if word not in self.defects:
            self.defects.append(word)

    def _divide(self, entity: Entity) -> None:
        if entity.depth >= limits.DEPTH:
            self.defect("too-deep")
            entity.kind = "application/octet-stream"
            return
        spans = self._spans(entity)
        if not spans:
            self.defect("no-parts")
            entity.kind = "text/plain"
            return
        default = "message/rfc822" if entity.kind == "multipart/digest" else "text/plain"
        for start, end in spans:
            if self.count >= limits.PARTS:
                self.defect("too-many-parts")
                break
            child = self._entity(entity.source, start, end, default, entity.depth + 1)
            entity.children.append(child)

    def _spans(self, entity: Entity) -> list[tuple[int, int]]:
        exact = entity.params.get("boundary", "").encode("utf-8", "surrogateescape")
        boundary = exact.rstrip()
        for mark in dict.fromkeys((exact, boundary)):
            if mark and (found := self._between(entity, mark)):
                return found
        encoding = entity.headers.raw("content-transfer-encoding").lower()
        if encoding in _ENCODED and (decoded := entity.data) != entity.body:
            entity.source, entity.start, entity.end = decoded, 0, len(decoded)
            if boundary and (found := self._between(entity, boundary)):
                return found
        guess = _guess(entity)
        if guess is None:
            return []
        self.defect("boundary-guessed")
        return self._between(entity, guess)

    def _between(self, entity: Entity, boundary: bytes) -> list[tuple[int, int]]:
        """Where the parts lie; a missing last separator ends the last part with the entity."""
        spans: list[tuple[int, int]] = []
        opened: int | None = None
        source, at, end = entity.source, entity.start, entity.end
        mark = b"--" + boundary
        while (found := source.find(mark, at, end)) >= 0:
            at = found + len(mark)
            stop = source.find(b"\n", at, end)
            line_end = end if stop < 0 else stop
            rest = source[at : min(line_end, at + 200)].strip()
            if (found > entity.start and source[found - 1] != 10) or rest not in (b"", b"--"):
                continue
            if opened is not None:
                spans.append((opened, _before(source, opened, found)))
            opened = None if rest else min(line_end + 1, end)
            at = line_end
            if rest or len(spans) > limits.PARTS:
                break
        if opened is not None:
            self.defect("unclosed")
            spans.append((opened, end))
        return spans


def _before(source: bytes, opened: int, found: int) -> int:
    """End of a part: the line break before a separator belongs to the separator."""
    end = found - 1 if found > opened and source[found - 1] == 10 else found
    return end - 1 if end > opened and source[end - 1] == 13 else max(end, opened)


def _guess(entity: Entity) -> bytes | None:
    """The boundary that the body shows when the header names none, or a wrong one."""
    source, end = entity.source, min(entity.end, entity.start + 65_536)
    for number, found in enumerate(_SEPARATOR.finditer(source, entity.start, end)):
        mark = found[1]
        if number > 20:
            return None
        closing = b"--" + mark + b"--"
        after = source[found.end() : found.end() + 200].lstrip(b"\r\n")
        if after[:8].lower() == b"content-" or source.find(closing, found.end(), entity.end) > 0:
            return mark
    return None


def read(raw: bytes) -> Tree:
    """The MIME tree of a raw message."""
    return Tree(raw)
