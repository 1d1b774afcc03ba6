"""Read one raw message into a typed, bounded form that never raises on bad mail."""

from dataclasses import dataclass, field
from datetime import datetime

from heliodesk.intake.mail import (
    addresses,
    auto,
    bounce,
    dates,
    entities,
    headers,
    html,
    limits,
    parts,
    reply,
)
from heliodesk.intake.mail.addresses import Address
from heliodesk.intake.mail.auto import Automatic
from heliodesk.intake.mail.bounce import Bounce
from heliodesk.intake.mail.headers import Headers
from heliodesk.intake.mail.parts import Part, Piece

_TITLE_CHARS = 400
_NOBODY = Address("", "")
_ROUTES = (
    "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to",
    "apparently-to", "x-rcpt-to", "x-forwarded-to", "resent-to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parsed:
    """Everything the desk wants to know of one mail.

    ``date`` is in UTC or None; ``in_reply_to`` and ``references`` are Message-IDs without
    brackets; ``text`` is the whole visible body, ``reply_text`` only what is new in it;
    ``recipients`` are all addresses a mail may be routed by, envelope ones first;
    ``return_path`` is None when the field is absent and empty for the null path.
    """

    subject: str
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    text: str
    html: str | None
    reply_text: str
    parts: tuple[Part, ...]
    automatic: Automatic
    bounce: Bounce | None
    signed: str | None
    encrypted: str | None
    return_path: str | None
    recipients: tuple[str, ...]
    original_from: Address | None
    list_id: str
    x_loop: tuple[str, ...]
    authentication_results: tuple[str, ...]
    defects: tuple[str, ...]
    headers: Headers = field(repr=False, compare=False)


def read(raw: bytes, *, at: datetime | None = None) -> Parsed:
    """Parse a raw message. ``at`` is when it arrived: a later Date is replaced by it."""
    cut = len(raw) > limits.RAW_BYTES
    tree = entities.read(headers.strip_envelope(raw[: limits.RAW_BYTES] if cut else raw))
    if cut:
        tree.defect("cut")
    fields = tree.root.headers
    contents, pieces = parts.gather(tree)
    marked, page = _body(pieces)
    plain = marked.replace(f"{reply.CUT}\n", "").replace(reply.CUT, "") if page else marked
    subject = fields.text("subject")
    title = subject[:_TITLE_CHARS]
    sender = _sender(fields)
    returned = bounce.find(tree, fields, title, sender.addr, sender.name, plain)
    automatic = auto.judge(fields, title, sender.addr, tree.root.kind, bounced=returned is not None)
    defects = [*tree.defects, *contents.defects]
    ids = fields.ids("message-id")
    to, cc = tuple(addresses.of(fields, "to")), tuple(addresses.of(fields, "cc"))
    return Parsed(
        subject=subject,
        sender=sender,
        to=to,
        cc=cc,
        reply_to=tuple(addresses.of(fields, "reply-to")),
        message_id=ids[0] if ids else _missing("message-id", defects),
        in_reply_to=tuple(fields.ids("in-reply-to")),
        references=tuple(fields.ids("references")),
        date=_date(fields, at, defects),
        text=plain,
        html=page,
        reply_text=reply.strip(marked),
        parts=tuple(contents.parts),
        automatic=automatic,
        bounce=returned,
        signed=contents.signed,
        encrypted=contents.encrypted,
        return_path=_return_path(fields),
        recipients=_recipients(fields, to + cc),
        original_from=_first(fields, "x-original-from"),
        list_id=fields.text("list-id"),
        x_loop=tuple(fields.texts("x-loop")),
        authentication_results=tuple(fields.texts("authentication-results")),
        defects=tuple(dict.fromkeys(defects)),
        headers=fields,
    )


def _body(pieces: list[Piece]) -> tuple[str, str | None]:
    """Whole text, with ``CUT`` lines where a page marks quotes, and HTML if any part came so."""
    text = "\n".join(part for part in map(_words, pieces) if part)
    if not any(piece.html for piece in pieces):
        return text, None
    return text, "\n".join(piece.html or html.from_text(piece.plain or "") for piece in pieces)


def _words(piece: Piece) -> str:
    if piece.plain and (piece.html is None or not piece.plain.isspace()):
        return piece.plain
    return html.to_text(piece.html or "", cut=reply.CUT)


def _sender(fields: Headers) -> Address:
    """The author; a From without any address falls back to Reply-To, then Sender."""
    named = _NOBODY
    for name in ("from", "reply-to", "sender", "x-original-from", "return-path"):
        for item in addresses.of(fields, name):
            if "@" in item.addr:
                return Address(named.name or item.name, item.addr)
            named = named if named.name else item
    return named


def _first(fields: Headers, name: str) -> Address | None:
    return next(iter(addresses.of(fields, name)), None) if name in fields else None


def _date(fields: Headers, at: datetime | None, defects: list[str]) -> datetime | None:
    sent = dates.parse(fields.raw("date"))
    if sent is None:
        _missing("date", defects)
        return None
    if dates.is_future(sent, at or dates.received(fields.raw("received"))):
        defects.append("date-future")
        return at or sent
    return sent


def _missing(name: str, defects: list[str]) -> str:
    defects.append(f"{name}-missing")
    return ""


def _return_path(fields: Headers) -> str | None:
    if "return-path" not in fields:
        return None
    found = addresses.parse(fields.raw("return-path"))
    return found[0].addr if found else ""


def _recipients(fields: Headers, shown: tuple[Address, ...]) -> tuple[str, ...]:
    """Every address the mail may be meant for, the envelope's before those shown."""
    routed = [item for name in _ROUTES if name in fields for item in addresses.of(fields, name)]
    found = [*routed, *shown, *addresses.of(fields, "bcc")]
    return tuple(dict.fromkeys(item.addr.lower() for item in found if "@" in item.addr))
