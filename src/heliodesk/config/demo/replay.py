"""Replay the demo's conversations: each mail and each verb at its own hour, oldest first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Verb
from heliodesk.channels.models import Inbound, Outbound
from heliodesk.config.demo import scripts
from heliodesk.config.demo.letters import letter
from heliodesk.config.demo.open import World
from heliodesk.intake import actions as intake
from heliodesk.intake import pipeline
from heliodesk.intake.models import HeldItem
from heliodesk.journal.record import By

#: A line of the scripts that is at least this long goes on in the next one.
_FULL = 70


@dataclass
class _Conversation:
    """A conversation on its way: what began it, and the case that it became."""

    number: int
    script: Mapping[str, Any]
    began: datetime
    case_id: int | None = None
    held_id: int | None = None


@dataclass(frozen=True)
class _Moment:
    """One thing that happens in a conversation."""

    at: datetime
    #: Its place in the conversation; the first is the mail that began it.
    place: int
    conversation: _Conversation
    what: Mapping[str, Any]


def play(world: World, *, at: datetime) -> None:
    """Let everything happen that the scripts tell of until now."""
    for moment in sorted(_moments(at), key=lambda m: (m.at, m.conversation.number, m.place)):
        if "text" in moment.what and "do" not in moment.what:
            _receive(world, moment)
        else:
            _work(world, moment)


def _moments(at: datetime) -> Iterator[_Moment]:
    for number, script in enumerate(scripts.conversations()):
        began = at - scripts.span(script["ago"])
        conversation = _Conversation(number, script, began)
        yield _Moment(began, 0, conversation, script)
        for place, what in enumerate(script.get("then", []), start=1):
            when = began + scripts.span(what["after"])
            if when <= at:
                yield _Moment(when, place, conversation, what)


def _receive(world: World, moment: _Moment) -> None:
    """A mail arrives and is filed."""
    script, what = moment.conversation.script, moment.what
    sender = what.get("from", script["from"])
    box = world.mailboxes[script["to"]]
    name = world.names.get(sender, what.get("name", script.get("name", "")))
    raw = letter(
        sender=(name, sender),
        to=(box.name, box.address),
        subject=_subject(script, first=moment.place == 0),
        text=_flowing(what["text"]),
        message_id=f"demo-{moment.conversation.number}-{moment.place}@{sender.partition('@')[2]}",
        at=moment.at,
        answers=_last_answer(moment.conversation),
        files=what.get("files"),
    )
    row = Inbound.objects.create(
        mailbox=box,
        channel="smtp",
        envelope_from=sender,
        recipients=[box.address],
        received_at=moment.at,
        raw=raw,
        size=len(raw),
    )
    pipeline.file_waiting(at=moment.at, ids=[row.pk])
    row.refresh_from_db(fields=["result_kind", "result_id"])
    if row.result_kind == "case" and moment.place == 0:
        moment.conversation.case_id = row.result_id
    elif row.result_kind == "held":
        moment.conversation.held_id = row.result_id


def _flowing(text: str) -> str:
    """The text with its paragraphs in one line each, as most mail programs send them."""
    lines: list[str] = []
    for line in text.splitlines():
        if lines and line and len(lines[-1]) >= _FULL:
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


def _subject(script: Mapping[str, Any], *, first: bool) -> str:
    subject = f"({script['id']}) {script['subject']}" if "id" in script else script["subject"]
    return subject if first else f"Re: {subject}"


def _last_answer(conversation: _Conversation) -> str:
    """The Message-ID of our last mail on the case, which mail programs answer."""
    if conversation.case_id is None:
        return ""
    last = Outbound.objects.filter(subject_kind="case", subject_id=conversation.case_id)
    found = last.order_by("-id").values_list("message_id", flat=True).first()
    return (found or "").strip("<>")


def _work(world: World, moment: _Moment) -> None:
    """Somebody at the desk does something."""
    what = moment.what
    if moment.conversation.held_id is not None:
        _end(moment.conversation.held_id, what, by=world.by(what["who"]), at=moment.at)
        return
    if moment.conversation.case_id is None:
        raise LookupError(f"“{moment.conversation.script['subject']}” did not become a case")
    case = Case.objects.get(pk=moment.conversation.case_id)
    by, at = world.by(what["who"]), moment.at
    if what["do"] == "assign":
        owner = world.users[what["to"]]
        cases.assign(case, owner_id=owner.pk, by=by, at=at)
    elif what["do"] == "reply":
        _answer(case, what, by=by, at=at)
    elif what["do"] == "note":
        cases.note(case, text=what["text"], by=by, at=at)
    elif what["do"] == "prioritise":
        cases.prioritise(case, priority=what["priority"], reason=what["reason"], by=by, at=at)
    elif what["do"] == "resolve":
        cases.resolve(case, text=what["text"], by=by, at=at)
    else:
        _PLAIN[what["do"]](case, by=by, at=at)


def _end(held_id: int, what: Mapping[str, Any], *, by: By, at: datetime) -> None:
    """Somebody ends what was held."""
    held = HeldItem.objects.get(pk=held_id)
    if what["do"] == "spam":
        intake.spam_held(held, by=by, at=at)
    else:
        intake.reject_held(held, text=what["text"], by=by, at=at)


def _answer(case: Case, what: Mapping[str, Any], *, by: By, at: datetime) -> None:
    cases.reply(
        case,
        text=what["text"],
        then=Verb(what["next"]) if "next" in what else None,
        resolution=what.get("resolution", ""),
        by=by,
        at=at,
    )


_PLAIN = {
    "take": cases.take,
    "await_vendor": cases.await_vendor,
    "await_customer": cases.await_customer,
    "resume": cases.resume,
    "close": cases.close,
}
