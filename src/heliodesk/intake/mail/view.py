"""The JSON view of a parsed mail, for the command line, tests and stored excerpts."""

from heliodesk.intake.mail.addresses import Address
from heliodesk.intake.mail.message import Parsed, read
from heliodesk.intake.mail.parts import Part


def parse(raw: bytes) -> dict[str, object]:
    """A raw message as plain data: strings, numbers, booleans, lists and dictionaries."""
    return view(read(raw))


def view(mail: Parsed) -> dict[str, object]:
    """A parsed mail as plain data; attachments by name, size and digest, without their bytes."""
    returned = mail.bounce
    return {
        "subject": mail.subject,
        "from_addr": mail.sender.addr,
        "from_name": mail.sender.name,
        "to": _addrs(mail.to),
        "cc": _addrs(mail.cc),
        "reply_to": _addrs(mail.reply_to),
        "message_id": mail.message_id,
        "in_reply_to": " ".join(mail.in_reply_to),
        "references": list(mail.references),
        "date": mail.date.isoformat() if mail.date else None,
        "text": mail.text,
        "html": mail.html,
        "reply_text": mail.reply_text,
        "attachments": [_attachment(part) for part in mail.parts],
        "auto_generated": mail.automatic.generated,
        "no_autoreply": mail.automatic.no_reply,
        "auto_signs": list(mail.automatic.signs),
        "bounce": returned is not None and returned.kind == "failed",
        "bounce_kind": returned.kind if returned else None,
        "bounce_recipient": returned.recipient if returned else None,
        "bounce_recipients": list(returned.recipients) if returned else [],
        "bounce_status": returned.status if returned else None,
        "bounce_reason": returned.reason if returned else None,
        "bounce_message_id": returned.message_id if returned else None,
        "signed": mail.signed,
        "encrypted": mail.encrypted,
        "return_path": mail.return_path,
        "recipients": list(mail.recipients),
        "original_from": mail.original_from.addr if mail.original_from else None,
        "list_id": mail.list_id or None,
        "x_loop": list(mail.x_loop),
        "authentication_results": list(mail.authentication_results),
        "defects": list(mail.defects),
    }


def _addrs(found: tuple[Address, ...]) -> list[str]:
    return [item.addr for item in found if item.addr]


def _attachment(part: Part) -> dict[str, object]:
    return {
        "name": part.name,
        "size": part.size,
        "sha256": part.sha256,
        "content_type": part.content_type,
        "disposition": part.disposition or None,
        "content_id": part.content_id or None,
        "inline": part.inline,
    }
