"""Who is told when something happens: letters to customers, written as outbound rows."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from heliodesk.channels import outgoing, threading_ids
from heliodesk.channels.mailboxes import MailboxFacts, active_mailboxes, answering
from heliodesk.channels.outgoing import OutboundDraft
from heliodesk.entitlements.tongues import short
from heliodesk.entitlements.wording import PLACEHOLDER
from heliodesk.journal.record import Follower, Recorded
from heliodesk.kernel.references import spoken
from heliodesk.kernel.text import preview
from heliodesk.notifications import noticed, words_in_force
from heliodesk.notifications.by_mail import mail_about
from heliodesk.notifications.queries import (
    CaseLetter,
    case_letters,
    forwarded,
    last_said,
    who_asked,
)
from heliodesk.notifications.rendering import Mail, Words, lines, pictured, render

#: Characters of the customer's own words that an acknowledgement repeats.
_DETAILS = 4_000


def acknowledge(events: Sequence[Recorded]) -> None:
    """A new case is acknowledged with its reference and details (R72)."""
    _letters(events, "acknowledgement", automatic=True)


def reopened(events: Sequence[Recorded]) -> None:
    """The customer hears that a reply brought the case back (C17)."""
    _letters([e for e in events if "message" in e.data], "reopened", automatic=True)


def p1_by_phone(events: Sequence[Recorded]) -> None:
    """Who claims a P1 in writing on a case is asked to call at once (C5)."""
    _letters([e for e in events if "message" in e.data], "p1_by_phone", automatic=True)


def answer(events: Sequence[Recorded]) -> None:
    """An engineer's answer goes out to the requester and everybody copied."""
    _letters(events, "reply", automatic=False)


def inform(events: Sequence[Recorded]) -> None:
    """The same news of an incident for everybody who waits for its end, on their own case."""
    _letters(events, "incident", automatic=False)


def forward(events: Sequence[Recorded]) -> None:
    """A message goes to somebody outside the case, with an address of its own to answer to."""
    given = forwarded([event.data["message"] for event in events])
    about_these = [(event.subject_id, event.data["message"]) for event in events]
    letters = case_letters(about_these, on=events[0].at.date())
    boxes, words = active_mailboxes(), words_in_force.load()
    drafts = []
    for event in events:
        letter, about = letters[event.data["message"]], given[event.data["message"]]
        box = answering(
            boxes, region=letter.region, offshore=letter.offshore, written_to=letter.mailbox_id
        )
        if box:
            own = words.of("forward", region=letter.region, language=letter.language)
            values = {
                **_values(letter, event.told, box),
                "signature": signature(letter, words, box),
                "from_name": about.author,
                "from_address": about.address,
                "sent_at": f"{about.at:%Y-%m-%d %H:%M} UTC" if about.at else "",
                "subject": about.subject,
                "original": about.text.strip(),
            }
            mail = render(own, values, box, short(letter.language))
            outside = threading_ids.aside(letter.ref)
            domain = box.address.rpartition("@")[2]
            drafts.append(
                OutboundDraft(
                    key=f"forward:{letter.message_id}",
                    mailbox_id=box.id,
                    kind="forward",
                    subject_kind="case",
                    subject_id=letter.case_id,
                    automatic=False,
                    to=about.to,
                    cc=about.cc,
                    bcc=about.bcc,
                    from_address=box.address,
                    from_name=box.name,
                    reply_to=threading_ids.reply_address(box.address, outside),
                    subject=mail.subject,
                    text=mail.text,
                    html=pictured(mail.html, letter.files),
                    message_id=threading_ids.message_id("forward", outside, domain),
                    attachments=letter.files,
                )
            )
    outgoing.write(drafts, at=events[0].at)


def signature(letter: CaseLetter, words: words_in_force.WordsInForce, box: MailboxFacts) -> str:
    """What stands under an answer: its author's own words, or the template's of the region."""
    if letter.signature.strip():
        return letter.signature.strip()
    own = words.of("signature", region=letter.region, language=letter.language)
    values = {"author": letter.author, "team": letter.team, "region": letter.region}
    return lines(own, values, box)


def mentioned(events: Sequence[Recorded]) -> None:
    """A colleague who is named in a note hears of it."""
    for event in events:
        ids = [id for id in event.data.get("mentions", ()) if id != event.by.id]
        if ids:
            words = f"{event.by.name} mentioned you in a note"
            _tell(ids, event, kind="mentioned", words=words)
            mail_about(
                ids, event, kind="mentioned", subject="You are named in a note", words=f"{words}."
            )


def answered_aside(events: Sequence[Recorded]) -> None:
    """Whoever asked somebody outside, and the owner, hear that they answered."""
    for event in events:
        address = str(event.data.get("from_address", ""))
        words = f"{address} answered what was forwarded to them"
        _tell(who_asked(event.subject_id, address), event, kind="answered_aside", words=words)


def letter_held(events: Sequence[Recorded]) -> None:
    """The writer of a letter that was not sent hears why."""
    for event in events:
        writer, words = [event.data["writer"]], f"Your letter was not sent. {event.data['reason']}"
        _tell(writer, event, kind="letter_held", words=words)
        mail_about(writer, event, kind="letter_held", subject="Not sent", words=words)


def _tell(user_ids: Sequence[int], event: Recorded, *, kind: str, words: str) -> None:
    noticed.tell_about(user_ids, verb=kind, case_id=event.subject_id, words=words, at=event.at)


def remind(events: Sequence[Recorded]) -> None:
    """The customer is told again what we wait for, and until when (R94)."""
    said = last_said([event.subject_id for event in events])
    about = {e.id: said[e.subject_id].message_id for e in events if e.subject_id in said}
    asked = {e.id for e in events if e.id in about and said[e.subject_id].ours}
    _letters(events, "reminder", automatic=True, about=about, without_text=about.keys() - asked)


def resolved(events: Sequence[Recorded]) -> None:
    """The customer reads how the case was solved, unless the answer of that moment says it."""
    said = last_said([event.subject_id for event in events])
    about = {}
    for event in events:
        last = said.get(event.subject_id)
        itself = event.by.kind == "contact"  # who said so needs no letter
        if last and not itself and not (last.ours and last.at >= event.at):
            about[event.id] = last.message_id
    _letters(events, "resolved", automatic=True, about=about)


def not_reached(events: Sequence[Recorded]) -> None:
    """The customer of a P1 hears at each miss that the next engineer is being called."""
    said = last_said([event.subject_id for event in events])
    about = {e.id: said[e.subject_id].message_id for e in events if e.subject_id in said}
    _letters(events, "p1_missed", automatic=True, about=about, without_text=about.keys())


def _letters(
    events: Sequence[Recorded],
    kind: str,
    *,
    automatic: bool,
    about: Mapping[int, int] | None = None,
    without_text: Collection[int] = (),
) -> None:
    """Write these letters.

    Args:
        about: the message that each event's letter is about, by event; the event's own when None.
        without_text: events whose letter does not repeat that message.
    """
    if about is None:
        wanted = [e for e in events if not automatic or e.told.get("answer")]
        about = {event.id: event.data["message"] for event in wanted}
    else:
        wanted = [event for event in events if event.id in about]
    if not wanted:
        return
    about_these = [(e.subject_id, about[e.id]) for e in wanted]
    letters = case_letters(about_these, on=wanted[0].at.date())
    boxes, words = active_mailboxes(), words_in_force.load()
    drafts = []
    for event in wanted:
        letter = letters[about[event.id]]
        if event.id in without_text:
            letter = letter._replace(text="")
        box = answering(
            boxes, region=letter.region, offshore=letter.offshore, written_to=letter.mailbox_id
        )
        if box and outgoing.is_address(letter.requester):
            language = letter.language or str(event.told.get("language", ""))
            own = words.of(kind, region=letter.region, language=language)
            values = _values(letter, event.told, box) | {"signature": signature(letter, words, box)}
            mail = render(own, values, box, short(language))
            drafts.append(_draft(_key(kind, event, letter), letter, mail, box, automatic=automatic))
    outgoing.write(drafts, at=wanted[0].at)


def _key(kind: str, event: Recorded, letter: CaseLetter) -> str:
    """What makes a letter one: a message is answered once, other things happen several times."""
    about_event = kind in {"reminder", "resolved", "p1_missed"}
    return f"{kind}:e{event.id}" if about_event else f"{kind}:{letter.message_id}"


def _values(letter: CaseLetter, told: Mapping[str, Any], box: MailboxFacts) -> dict[str, Any]:
    text = letter.text.strip()
    return {
        "ref": letter.ref,
        "spoken": spoken(letter.ref),
        "link": f"{box.home}/support/cases/{letter.ref}/",
        "title": letter.title,
        "priority": letter.priority,
        "name": letter.requester_name if "@" not in letter.requester_name else "",
        "sentence": str(told.get("sentence", "")).replace(PLACEHOLDER, spoken(letter.ref)),
        "details": text if len(text) <= _DETAILS else text[:_DETAILS].rstrip() + " […]",
        "attachments": [str(file["name"]) for file in letter.files],
        "author": letter.author,
        "text": text,
        "until": str(told.get("until_in", {}).get(short(letter.language)) or told.get("until", "")),
        "resolution": letter.resolution.strip(),
        "incident": str(told.get("incident", "")),
    }


def _others(letter: CaseLetter) -> list[str]:
    """Who is copied, once each."""
    return [a for a in letter.copied if a != letter.requester and outgoing.is_address(a)]


def _draft(
    key: str, letter: CaseLetter, mail: Mail, box: MailboxFacts, *, automatic: bool
) -> OutboundDraft:
    answered = f"<{letter.in_reply_to}>" if letter.in_reply_to else ""
    copied = [] if automatic else _others(letter)
    kind = key.partition(":")[0]
    return OutboundDraft(
        key=key,
        mailbox_id=box.id,
        kind=kind,
        subject_kind="case",
        subject_id=letter.case_id,
        automatic=automatic,
        to=[letter.requester],
        cc=copied,
        bcc=[] if automatic else [a for a in letter.hidden if outgoing.is_address(a)],
        from_address=box.address,
        from_name=box.name,
        reply_to=threading_ids.reply_address(box.address, letter.ref),
        subject=mail.subject,
        text=mail.text,
        html=mail.html if automatic else pictured(mail.html, letter.files),
        message_id=threading_ids.message_id(kind, letter.ref, box.address.rpartition("@")[2]),
        in_reply_to=answered,
        references=[answered] if answered else [],
        attachments=[] if automatic else letter.files,
    )


def answer_held(events: Sequence[Recorded]) -> None:
    """A sender who could not be matched is told how to write; no account fact is named (C8)."""
    _held(events, "held", automatic=True)


def reject_held(events: Sequence[Recorded]) -> None:
    """An agent's words end a held item."""
    _held(events, "rejected", automatic=False)


def _held(events: Sequence[Recorded], kind: str, *, automatic: bool) -> None:
    wanted = [e for e in events if e.told.get("answer") and outgoing.is_address(e.told["sender"])]
    if not wanted:
        return
    boxes, words = active_mailboxes(), words_in_force.load()
    drafts = []
    for event in wanted:
        written_to = event.told["mailbox_id"]
        box = next((b for b in boxes if b.id == written_to), boxes[0] if boxes else None)
        if box:
            own = words.of(
                kind, region=box.region, language=str(event.told.get("language", "") or "en")
            )
            drafts.append(_held_draft(kind, event, own, box, automatic=automatic))
    outgoing.write(drafts, at=wanted[0].at)


def _held_draft(
    kind: str, event: Recorded, own: Words, box: MailboxFacts, *, automatic: bool
) -> OutboundDraft:
    told, domain = event.told, box.address.rpartition("@")[2]
    values = {
        "ref": told["ref"],
        "subject": preview(told["subject"], 120),
        "sentence": told.get("sentence", ""),
        "text": told.get("text", ""),
    }
    mail = render(own, values, box, short(str(told.get("language", ""))))
    answered = f"<{told['message_id']}>" if told["message_id"] else ""
    return OutboundDraft(
        key=f"{kind}:{event.subject_id}",
        mailbox_id=box.id,
        kind=kind,
        subject_kind="held",
        subject_id=event.subject_id,
        automatic=automatic,
        to=[told["sender"]],
        from_address=box.address,
        from_name=box.name,
        reply_to=threading_ids.reply_address(box.address, told["ref"]),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        message_id=threading_ids.message_id(kind, told["ref"], domain),
        in_reply_to=answered,
        references=[answered] if answered else [],
    )


FOLLOWS: dict[tuple[str, str], Follower] = {
    ("case", "opened"): acknowledge,
    ("case", "reopen"): reopened,
    ("case", "hear"): p1_by_phone,
    ("case", "reply"): answer,
    ("case", "inform"): inform,
    ("case", "forward"): forward,
    ("case", "note"): mentioned,
    ("case", "answered_aside"): answered_aside,
    ("case", "letter_held"): letter_held,
    ("case", "reminded"): remind,
    ("case", "resolve"): resolved,
    ("case", "p1_missed"): not_reached,
    ("held", "opened"): answer_held,
    ("held", "rejected"): reject_held,
}
