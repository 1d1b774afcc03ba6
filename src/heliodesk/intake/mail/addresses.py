"""Read address lists: names, groups, comments, routes and the many ways to get them wrong."""

import re
from dataclasses import dataclass

from heliodesk.intake.mail import charset, encoded, limits
from heliodesk.intake.mail.headers import Headers

_PLAIN = re.compile(
    r'\s*(?:"([^"\\<>=]*)"|([^"<>,;:()@=\\]*?))\s*<([^<>\s@,;:"]+@[^<>\s@,;:"]+)>\s*'
)
_BARE = re.compile(r"\s*([^<>\s@,;:\"()=]+@[^<>\s@,;:\"()]+)\s*")
_UNQUOTED = r"""<([^<>]*)(?:>|$)|([(,;:])
    |(=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=|[^\s"<(,;:]+)|(\s+)|(.)"""
_TOKEN = re.compile(rf"""\"((?:[^"\\]|\\.)*+)\"|{_UNQUOTED}""", re.S | re.X)
_AFTER_OPEN_QUOTE = re.compile(rf"((?!))|{_UNQUOTED}", re.S | re.X)
"""Behind a quotation mark that nothing closes, all others are ordinary characters."""
_QUOTED_LOCAL = re.compile(r'"[^"]{1,120}"@[^\s"@]{1,250}')
_COMMENT = re.compile(r"[()]|\\.|[^()\\]+", re.S)
_ROUTE = re.compile(r"^@[^:]*:")
_LOOSE = re.compile(r"[^\s<>\"'(),;:\[\]]{1,200}@[^\s<>\"'(),;:\[\]]{1,250}")
_ORDINARY_CHARS = 400
_QUOTED_PAIR = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: the name shown, and ``local@domain`` (domain in small letters, no IDNA)."""

    name: str
    addr: str


def of(headers: Headers, *names: str) -> list[Address]:
    """Mailboxes of the named fields in order, without repeats."""
    found: dict[str, Address] = {}
    for name in names:
        for value in headers.raws(name):
            for item in parse(value, headers.hint):
                found.setdefault(item.addr.lower(), item)
    return list(found.values())[: limits.ADDRESSES]


def parse(value: str, hint: str | None = None) -> list[Address]:
    """Mailboxes of one raw field value; a name without any address gives ``addr`` empty."""
    if not value:
        return []
    if not value.isascii() and "=?" not in value:
        value = encoded.from_bytes(value, hint)
    if len(value) > _ORDINARY_CHARS:
        return _scan(" ".join(value.split()))
    if found := _PLAIN.fullmatch(value):
        return [Address(charset.one_line(found[1] or found[2] or ""), _tidy(found[3]))]
    if found := _BARE.fullmatch(value):
        return [Address("", _tidy(found[1]))]
    if "@" not in value and "=?" in value:
        value = encoded.words(value)
    return _scan(value)


def _tidy(addr: str) -> str:
    local, at, domain = encoded.from_bytes(addr).strip().strip("<>").rpartition("@")
    return f"{local}{at}{domain.rstrip('.').lower()}" if at else domain


class _Mailbox:
    """What was seen of one mailbox while scanning."""

    __slots__ = ("angle", "comments", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        self.comments: list[str] = []
        self.angle: str | None = None

    def finish(self) -> Address | None:
        phrase = "".join(self.words).strip()
        if self.angle is None:
            return self._bare(phrase)
        addr = _ROUTE.sub("", self.angle.strip())
        addr = "".join(addr.split()) if '"' not in addr else addr
        if "=?" in addr:
            addr = encoded.words(addr)
        if "@" not in addr and (loose := _LOOSE.search(phrase)):
            return Address(_name(phrase.replace(loose[0], "")), _tidy(loose[0]))
        name = _name(phrase) or _name(" ".join(self.comments))
        return Address(name, _tidy(addr)) if addr or name else None

    def _bare(self, phrase: str) -> Address | None:
        if not phrase:
            return None
        if phrase[0] == '"' and _QUOTED_LOCAL.fullmatch(phrase):
            return Address("", _tidy(phrase))
        compact = re.sub(r"\s*([@.])\s*", r"\1", phrase)
        found = _LOOSE.search(compact if " " not in compact else phrase)
        if found and "=?" not in found[0]:
            rest = (compact if " " not in compact else phrase).replace(found[0], "", 1)
            return Address(_name(rest) or _name(" ".join(self.comments)), _tidy(found[0]))
        if "=?" in phrase:
            decoded = encoded.words(phrase)
            if decoded != phrase and "@" in decoded:
                return next(iter(_scan(decoded)), None)
        return Address(_name(phrase), "")


def _name(text: str) -> str:
    text = encoded.words(text) if "=?" in text else encoded.from_bytes(text)
    return charset.one_line(text).strip(" \"'\t").strip() if text else ""


def _scan(value: str) -> list[Address]:
    out: list[Address] = []
    box = _Mailbox()
    at = 0
    grouped, commented, tokens = False, True, _TOKEN

    def close() -> None:
        nonlocal box
        if (found := box.finish()) is not None:
            out.append(found)
        box = _Mailbox()

    while at < len(value) and len(out) < limits.ADDRESSES:
        token = tokens.match(value, at)
        assert token is not None  # noqa: S101  (the last branch takes any character)
        at = token.end()
        quoted, angle, mark, word, space, other = token.groups()
        if other == '"':
            tokens = _AFTER_OPEN_QUOTE
        if quoted is not None:
            _quoted(box, quoted, value[at : at + 1])
        elif angle is not None:
            if box.angle is None or "@" not in box.angle:
                box.angle = angle
        elif mark == "(" and commented:
            closed = _comment(value, at, box)
            commented, at = closed != at, closed
        elif mark == ":" and not grouped and "@" not in "".join(box.words):
            box, grouped = _Mailbox(), True
        elif mark in (",", ";"):
            if mark == ";":
                grouped = False
            close()
        else:
            box.words.append(word or space or mark or "")
    close()
    return _usable(out)


def _quoted(box: _Mailbox, quoted: str, following: str) -> None:
    text = _QUOTED_PAIR.sub(r"\1", quoted)
    box.words.append(f'"{quoted}"' if following == "@" else text)


def _comment(value: str, at: int, box: _Mailbox) -> int:
    """Take a comment, nested ones too; ``at`` stands after its opening bracket."""
    depth, start = 1, at
    parts: list[str] = []
    while at < len(value):
        token = _COMMENT.match(value, at)
        if token is None:
            break
        at = token.end()
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0:
            box.comments.append("".join(parts).strip())
            return at
        parts.append(token[0])
    box.words.append("(")
    return start


def _usable(found: list[Address]) -> list[Address]:
    """Join a name that a stray comma cut off to the address that follows it."""
    out: list[Address] = []
    pending = ""
    for item in found:
        if item.addr:
            name = f"{pending}, {item.name}" if pending and item.name else pending or item.name
            out.append(Address(name, item.addr))
            pending = ""
        else:
            pending = f"{pending}, {item.name}" if pending else item.name
    if pending:
        out.append(Address(pending, ""))
    return out
