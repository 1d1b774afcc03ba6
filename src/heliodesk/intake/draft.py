"""One thing that came in, whatever the channel, as the rest of intake sees it."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime

from heliodesk.channels.threading_ids import (
    aside_in_address,
    aside_in_message_id,
    ref_in_address,
    ref_in_message_id,
)
from heliodesk.channels.verdicts import Verdict, verdict
from heliodesk.intake import form, tracking
from heliodesk.intake import subject as subjects
from heliodesk.intake.mail import Bounce, Parsed, Part
from heliodesk.intake.subject import FoundIds
from heliodesk.kernel.references import is_held_reference
from heliodesk.kernel.text import storable

#: Ancestors looked at: the oldest and the newest; more only serve to hurt.
_MOST_ANCESTORS = 30
#: Channels that carry an envelope, where an empty sender means: never answer.
_ENVELOPED = {"smtp", "lmtp"}
_REPLIED = {"x-autoreply", "x-autorespond", "x-autoresponse", "x-vacation", "x-out-of-office"}
#: Mailbox, Message-ID, body hash: what makes a message the same one.
Sameness = tuple[int | None, str, bytes]


@dataclass(frozen=True)
class Draft:
    """A message on its way to becoming a case, part of one, or a held item."""

    inbound_id: int
    channel: str
    at: datetime
    mailbox_id: int | None
    sender: str
    sender_name: str
    to: tuple[str, ...]
    cc: tuple[tuple[str, str], ...]
    subject: str
    title: str
    text: str
    new_text: str | None
    html: str | None
    parts: tuple[Part, ...]
    ids: FoundIds
    #: References of ours that carry a valid token: proof that the sender has our mail.
    token_refs: tuple[str, ...]
    held_refs: tuple[str, ...]
    tagged_refs: tuple[str, ...]
    bare_refs: tuple[str, ...]
    message_id: str
    ancestors: tuple[str, ...]
    body_hash: bytes
    #: An answer by a machine (out of office): joins its thread or is put aside.
    replied_by_machine: bool
    #: No machine may answer this.
    unanswerable: bool
    ours: bool
    bounce: Bounce | None
    verdict: Verdict
    severity: str | None
    tracking: bool
    missing_fields: tuple[str, ...]
    marks: dict[str, object] = field(default_factory=dict)
    #: What the sender chose in a form: the kind of case; and how long the details are.
    kind: str = ""
    details_length: int | None = None
    #: A type of the desk's own that was chosen; it is treated as ``kind``.
    own_kind: str = ""
    #: The account that a signed-in sender acts for; none for everybody else.
    account_id: int | None = None
    #: The language of the form that was filled in.
    language: str = ""
    #: The desk itself knows who sent it: a signed-in contact.
    proven: bool = False
    #: Cases about which we asked somebody outside: proof that this answers us, and nobody else.
    aside_refs: tuple[str, ...] = ()

    @property
    def sameness(self) -> Sameness:
        """What it has in common with a copy of itself, and with nothing else."""
        return self.mailbox_id, self.message_id, self.body_hash

    @property
    def by_form(self) -> bool:
        """Whether it came through a web form."""
        return self.channel == form.CHANNEL


def of_mail(
    mail: Parsed,
    *,
    inbound_id: int,
    channel: str,
    at: datetime,
    mailbox_id: int | None,
    envelope_from: str,
    recipients: tuple[str, ...],
    pattern: str,
    authserv_ids: list[str],
    own_addresses: frozenset[str],
) -> Draft:
    """The draft of a mail that was read.

    Args:
        at: when it arrived, UTC.
        recipients: of the envelope; those in the header are added.
        pattern: the policy's pattern of account IDs.
        own_addresses: addresses of the desk, in lower case.
    """
    sender = mail.sender.addr.lower()
    everywhere = (*recipients, *mail.recipients)
    refs = _token_refs(everywhere, mail)
    tagged, bare = subjects.references_of(mail.subject)
    shown = mail.reply_text or mail.text
    asks = tracking.asks_for_tracking(mail.subject, shown)
    checked = verdict(list(mail.authentication_results), authserv_ids)
    return Draft(
        inbound_id=inbound_id,
        channel=channel,
        at=at,
        mailbox_id=mailbox_id,
        sender=sender or envelope_from.lower(),
        sender_name=mail.sender.name,
        to=tuple(a.addr.lower() for a in mail.to if a.addr),
        cc=_others(mail, own_addresses),
        subject=mail.subject,
        title=subjects.title_of(mail.subject, pattern),
        text=mail.text,
        new_text=_new_text(mail),
        html=mail.html,
        parts=mail.parts,
        ids=subjects.find_ids(mail.subject, pattern),
        token_refs=tuple(ref for ref in refs if not is_held_reference(ref)),
        held_refs=tuple(ref for ref in refs if is_held_reference(ref)),
        aside_refs=_aside_refs(everywhere, mail),
        tagged_refs=tagged,
        bare_refs=bare,
        message_id=storable(mail.message_id)[:998],
        ancestors=_ancestors(mail),
        body_hash=_body_hash(mail),
        replied_by_machine=_replied(mail),
        unanswerable=mail.automatic.no_reply or (channel in _ENVELOPED and not envelope_from),
        ours=sender in own_addresses or _named_by_us(f"<{mail.message_id}>"),
        bounce=mail.bounce,
        verdict=checked,
        severity=subjects.claimed_severity(mail.subject, shown),
        tracking=asks,
        missing_fields=tracking.missing_fields(shown) if asks else (),
        marks=_marks(mail, checked),
    )


def of_form(
    raw: bytes,
    *,
    inbound_id: int,
    at: datetime,
    mailbox_id: int | None,
    pattern: str,
    own_addresses: frozenset[str],
) -> Draft:
    """The draft of a web form. A reference in it counts only from a signed-in contact.

    Raises:
        ValueError: the bytes are no form.
    """
    sent, parts = form.read_form(raw, at)
    asks = sent.kind == "email_tracking"
    named = f"({sent.identifier}) {sent.subject}" if sent.identifier else sent.subject
    ids = subjects.find_ids(named, pattern)
    if sent.identifier and not ids.values:
        ids = FoundIds(malformed=True)
    text = storable(sent.text or sent.details)
    refs = (sent.case_ref,) if sent.proven and sent.case_ref else ()
    return Draft(
        inbound_id=inbound_id,
        channel=form.CHANNEL,
        at=at,
        mailbox_id=mailbox_id,
        sender=sent.address.lower(),
        sender_name=sent.name,
        to=(),
        cc=(),
        subject=sent.subject,
        title=subjects.title_of(sent.subject, pattern),
        text=text,
        new_text=None,
        html=None,
        parts=parts,
        ids=ids,
        token_refs=refs,
        held_refs=(),
        tagged_refs=(),
        bare_refs=(),
        message_id=_id_of_form(raw),
        ancestors=(),
        body_hash=hashlib.sha256(raw).digest()[:16],
        replied_by_machine=False,
        unanswerable=False,
        ours=sent.address.lower() in own_addresses,
        bounce=None,
        verdict=verdict([], []),
        severity=sent.severity or None,
        tracking=asks,
        missing_fields=tuple(n for n in tracking.FIELDS if not sent.trace.get(n)) if asks else (),
        marks=_form_marks(sent),
        kind=sent.kind,
        own_kind=sent.own_kind,
        details_length=None if refs else len(sent.details),
        account_id=sent.account_id if sent.proven else None,
        language=sent.language,
        proven=sent.proven,
    )


def _id_of_form(raw: bytes) -> str:
    found = re.search(rb"^Message-ID: <([^>\r\n]{1,200})>", raw, re.M)
    return found[1].decode("ascii", "replace") if found else ""


def _form_marks(sent: form.Submission) -> dict[str, object]:
    """What was typed into fields of its own, for whoever works on the case."""
    marks: dict[str, object] = {}
    if sent.trace:
        marks["trace"] = {**sent.trace, "zone": sent.zone}
    if sent.alternative:
        marks["alternative"] = sent.alternative
    if sent.fields:
        marks["fields"] = dict(sent.fields)
    if not sent.proven:
        marks["public"] = True
    return marks


def _token_refs(addresses: tuple[str, ...], mail: Parsed) -> list[str]:
    found = [ref_in_address(address) for address in addresses if "+" in address]
    ids = (*mail.in_reply_to, *reversed(mail.references[-_MOST_ANCESTORS:]))
    found += [ref_in_message_id(f"<{id}>") for id in ids]
    return list(dict.fromkeys(ref for ref in found if ref))


def _aside_refs(addresses: tuple[str, ...], mail: Parsed) -> tuple[str, ...]:
    found = [aside_in_address(address) for address in addresses if "+" in address]
    ids = (*mail.in_reply_to, *reversed(mail.references[-_MOST_ANCESTORS:]))
    found += [aside_in_message_id(f"<{id}>") for id in ids]
    return tuple(dict.fromkeys(ref for ref in found if ref))


def _named_by_us(message_id: str) -> bool:
    return bool(ref_in_message_id(message_id) or aside_in_message_id(message_id))


def _ancestors(mail: Parsed) -> tuple[str, ...]:
    """In-Reply-To, then the newest references, then the oldest: bounded, without repeats."""
    refs = mail.references
    ids = [*mail.in_reply_to[:5], *reversed(refs[-20:]), *refs[:5]]
    return tuple(dict.fromkeys(storable(id)[:998] for id in ids))[:_MOST_ANCESTORS]


def _others(mail: Parsed, own: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Everybody else the mail went to, who is therefore a party: address and name."""
    sender = mail.sender.addr.lower()
    seen: dict[str, str] = {}
    for address in (*mail.to, *mail.cc):
        key = address.addr.lower()
        if "@" in key and key != sender and not _is_ours(key, own):
            seen.setdefault(key, address.name)
    return tuple(list(seen.items())[:20])


def _is_ours(address: str, own: frozenset[str]) -> bool:
    local, _, domain = address.rpartition("@")
    return address in own or f"{local.partition('+')[0]}@{domain}" in own


def _new_text(mail: Parsed) -> str | None:
    if not mail.reply_text.strip() or mail.reply_text.strip() == mail.text.strip():
        return None
    return mail.reply_text


def _body_hash(mail: Parsed) -> bytes:
    """What makes two messages with one Message-ID the same message."""
    digest = hashlib.sha256(mail.subject.encode("utf-8", "replace"))
    digest.update(b"\0" + mail.sender.addr.lower().encode("utf-8", "replace"))
    digest.update(b"\0" + " ".join(mail.text.split()).encode("utf-8", "replace"))
    for part in mail.parts:
        digest.update(b"\0" + part.sha256.encode())
    return digest.digest()[:16]


def _replied(mail: Parsed) -> bool:
    if not mail.automatic.generated:
        return False
    submitted = mail.headers.raw("auto-submitted").strip().lower()
    return (
        submitted.startswith("auto-replied")
        or "subject" in mail.automatic.signs
        or any(sign in _REPLIED or sign.startswith("x-auto") for sign in mail.automatic.signs)
    )


def _marks(mail: Parsed, checked: Verdict) -> dict[str, object]:
    marks: dict[str, object] = {}
    if checked.dmarc:
        marks["dmarc"] = checked.dmarc
    for name, value in (("signed", mail.signed), ("encrypted", mail.encrypted)):
        if value:
            marks[name] = value
    if mail.defects:
        marks["defects"] = list(mail.defects)[:20]
    return marks
