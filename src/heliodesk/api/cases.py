"""Cases for programs: listed, read, opened, answered, and every verb."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from heliodesk.api import files
from heliodesk.api.door import Answer, Asked
from heliodesk.api.problems import Problem
from heliodesk.api.shapes import Said
from heliodesk.cases import actions, asked, brief, search, tags
from heliodesk.cases.access import Hidden, get_case
from heliodesk.cases.models import Case
from heliodesk.cases.new import NewAttachment
from heliodesk.cases.rules import Refused, Verb
from heliodesk.channels import blobs
from heliodesk.customers import access as customers
from heliodesk.identity.person import Person
from heliodesk.intake.actions.by_hand import CHANNELS, SEVERITIES, open_by_hand
from heliodesk.intake.actions.by_hand import Asked as Wanted
from heliodesk.journal.record import By

#: Messages with one case, and with one page of them.
MESSAGES = 100
_TEXT = 200_000
_FILES = 10
_THEN = {verb.value: verb for verb in (Verb.AWAIT_CUSTOMER, Verb.AWAIT_VENDOR, Verb.RESOLVE)}


@dataclass(frozen=True)
class Named:
    """A record that is pointed to, by its id and its name."""

    id: int
    name: str


@dataclass(frozen=True)
class CaseSummary:
    """A case without what was said on it."""

    ref: Annotated[str, Said("Its reference, with a check digit.", example="48120990")]
    url: Annotated[str, Said("Where it is read.")]
    title: str
    state: Annotated[str, Said("new, assigned, pending_customer, pending_vendor, resolved, closed"
                               " or cancelled.")]  # fmt: skip
    priority: str
    severity: Annotated[str, Said("How urgent the customer said it is.")]
    kind: str
    channel: str
    queue: str
    package: Annotated[str, Said("The support package it was opened under.")]
    tags: list[str]
    account: Named
    contact: Named | None
    owner: Named | None
    opened_at: datetime
    last_activity_at: datetime
    due_at: Annotated[datetime | None, Said("When the next promise falls due.")]
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    resolution: str
    version: Annotated[int, Said("Rises with every change.")]
    merged_into: Annotated[str | None, Said("The case that it became part of.")]


@dataclass(frozen=True)
class CaseList:
    """A page of cases, the newest first."""

    cases: list[CaseSummary]
    next: Annotated[str | None, Said("The value of “after” for the next page; none on the last."
                                     " A page may hold fewer than asked for and still have one."
                                     )]  # fmt: skip
    hints: Annotated[list[str], Said("What of the search was not understood.")]


@dataclass(frozen=True)
class Party:
    """Somebody who takes part."""

    address: str
    name: str
    requester: Annotated[bool, Said("Whether answers go to them; the others are copied.")]


@dataclass(frozen=True)
class File:
    """A file on a message."""

    id: int
    name: str
    content_type: str
    size: Annotated[int, Said("In bytes.")]


@dataclass(frozen=True)
class Message:
    """Something said: by the customer (in), to the customer (out), or among us (note)."""

    id: int
    direction: Annotated[str, Said("in, out or note.")]
    channel: str
    at: datetime
    author: str
    address: str
    to: list[str]
    cc: list[str]
    subject: str
    text: str
    automatic: Annotated[bool, Said("Written by a machine: out of office, bounce.")]
    pending: Annotated[bool, Said("From somebody who waits to be confirmed.")]
    attachments: list[File]


@dataclass(frozen=True)
class MessageList:
    """A page of what was said, the oldest first."""

    messages: list[Message]
    next: Annotated[int | None, Said("The value of “after” for the next page; none on the last.")]


@dataclass(frozen=True)
class CaseDetail:
    """A case with its parties and what was said first."""

    case: CaseSummary
    participants: list[Party]
    messages: list[Message]
    messages_next: Annotated[int | None, Said("“after” for further messages; none when all are"
                                              " here.")]  # fmt: skip


@dataclass(frozen=True)
class NewFile:
    """A file to attach."""

    name: Annotated[str, Said("Its name.", most=255, least=1)]
    content: Annotated[str, Said("Its bytes, in base64.", most=7_000_000)]
    content_type: Annotated[str, Said("Its media type.", most=127)] = "application/octet-stream"


_Files = Annotated[list[NewFile], Said("Files; the whole request is limited to 5 MB.", most=_FILES)]
_Uploads = Annotated[list[str], Said("Files that were sent before to `/files`.", most=_FILES)]


@dataclass(frozen=True)
class NewCase:
    """A case to open. The policy decides on it as on any other."""

    account: Annotated[int, Said("The account's id.", least=1)]
    title: Annotated[str, Said("The words that a colleague would look for.", most=500, least=1)]
    text: Annotated[str, Said("What the customer asks for.", most=_TEXT, least=1)]
    contact: Annotated[int | None, Said("Who asks: the contact's id.")] = None
    name: Annotated[str, Said("Who asks, when it is no contact.", most=200)] = ""
    address: Annotated[str, Said("Where they are answered, when it is no contact.", most=254)] = ""
    channel: Annotated[str, Said("How they reached us.", one_of=CHANNELS)] = "web"
    severity: Annotated[str, Said("A P1 is made by telephone only.", one_of=SEVERITIES)] = "P3"
    kind: Annotated[
        str, Said("What kind of case it is; the desk has types of its own.", most=30)
    ] = "technical"
    acknowledge: Annotated[bool, Said("Send the customer the reference.")] = True
    attachments: _Files = field(default_factory=list)
    uploads: _Uploads = field(default_factory=list)


@dataclass(frozen=True)
class Reply:
    """An answer to the customer."""

    text: Annotated[str, Said("The answer.", most=_TEXT, least=1)]
    cc: Annotated[list[str], Said("Addresses that are copied from now on.", most=20)] = field(
        default_factory=list
    )
    then: Annotated[str | None, Said("What the case does next.", one_of=tuple(_THEN))] = None
    resolution: Annotated[str, Said("How it was solved, with “resolve”.", most=_TEXT)] = ""
    version: Annotated[int | None, Said("Refuse if somebody answered since this version.")] = None
    attachments: _Files = field(default_factory=list)
    uploads: _Uploads = field(default_factory=list)


@dataclass(frozen=True)
class Note:
    """Something for colleagues only."""

    text: Annotated[str, Said("The note.", most=_TEXT, least=1)]
    attachments: _Files = field(default_factory=list)
    uploads: _Uploads = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    """What a verb asks; the reference says which fields go with which verb."""

    owner: Annotated[int | None, Said("assign: a colleague's id.")] = None
    text: Annotated[str, Said("resolve: how it was solved.", most=_TEXT)] = ""
    reason: Annotated[str, Said("cancel, prioritise: why.", most=2000)] = ""
    priority: Annotated[str, Said("prioritise: P2, P3 or P4.", most=2)] = ""
    title: Annotated[str, Said("retitle: the new title.", most=500)] = ""
    kind: Annotated[str, Said("classify: what kind of case it is.", most=30)] = ""
    queue: Annotated[str, Said("move: the queue.", most=60)] = ""
    other: Annotated[str, Said("merge, link, unlink: the other case's reference.", most=20)] = ""
    address: Annotated[str, Said("invite, uninvite: an address.", most=254)] = ""
    name: Annotated[str, Said("invite: their name.", most=200)] = ""
    tags: Annotated[list[str], Said("tag, untag: names of tags.", most=20)] = field(
        default_factory=list
    )


@dataclass(frozen=True)
class MessageMade:
    """The message that was made, and the case as it is now."""

    message: int
    case: CaseSummary


# --- reading ------------------------------------------------------------------------------


def listed(request: Asked) -> Answer:
    """A page of cases, the newest first; the same words and operators as in the search box."""
    query, person = request.query, request.person
    today = request.at.astimezone(ZoneInfo(person.zone)).date()
    found = search.ids(
        person,
        asked.read(query["q"] or "", today=today),
        at=request.at,
        limit=query["limit"],
        below=query["after"],
    )
    hints = [hint.text for hint in found.hints]
    hints += [f"Nothing here is called “{value}” ({name})." for name, value in found.unknown]
    further = None if found.further is None else str(found.further)
    return Answer(CaseList([_summary(row) for row in brief.briefs(found.ids)], further, hints))


def shown(request: Asked) -> Answer:
    """A case with what was said."""
    case = get_case(request.person, request.path["ref"])
    (row,) = brief.briefs([case.pk], parties=True)
    said = _messages(case.pk, 0, MESSAGES)
    parties = [Party(p["address"], p["name"], p["requester"]) for p in row.participants]
    return Answer(CaseDetail(_summary(row), parties, said.messages, said.next))


def messages(request: Asked) -> Answer:
    """What was said on a case, the oldest first."""
    case = get_case(request.person, request.path["ref"])
    return Answer(_messages(case.pk, request.query["after"] or 0, request.query["limit"]))


def _messages(case_id: int, after: int, limit: int) -> MessageList:
    found = brief.lines(case_id, after=after, limit=limit)
    shown = [
        Message(
            m.id, m.direction, m.channel, m.at, m.author, m.address, m.to, m.cc, m.subject,
            m.text, m.automatic, m.pending,
            [File(f["id"], f["name"], f["content_type"], f["size"]) for f in m.files],
        )
        for m in found[:limit]
    ]  # fmt: skip
    return MessageList(shown, shown[-1].id if len(found) > limit else None)


def _summary(row: brief.Brief) -> CaseSummary:
    return CaseSummary(
        ref=row.ref,
        url=f"/api/v1/cases/{row.ref}",
        title=row.title,
        state=row.state,
        priority=row.priority,
        severity=row.severity,
        kind=row.kind,
        channel=row.channel,
        queue=row.queue,
        package=row.package,
        tags=[tag.name for tag in tags.of(row.tags)],
        account=Named(row.account_id, row.account),
        contact=Named(row.contact_id, row.contact or "") if row.contact_id else None,
        owner=Named(row.owner_id, row.owner or "") if row.owner_id else None,
        opened_at=row.opened_at,
        last_activity_at=row.last_activity_at,
        due_at=row.due,
        first_response_at=row.first_response_at,
        resolved_at=row.resolved_at,
        closed_at=row.closed_at,
        resolution=row.resolution,
        version=row.version,
        merged_into=row.merged_into,
    )


def summary_now(case_id: int) -> CaseSummary:
    """The case as it is now."""
    return _summary(brief.briefs([case_id])[0])


# --- writing ------------------------------------------------------------------------------


def opened(request: Asked) -> Answer:
    """Open a case."""
    wanted: NewCase = request.body
    account = customers.get_account(request.person, wanted.account)
    if wanted.contact is not None:
        customers.get_contact(request.person, wanted.contact)
    made = open_by_hand(
        Wanted(
            account_id=account.pk,
            contact_id=wanted.contact,
            channel=wanted.channel,
            severity=wanted.severity,
            kind=wanted.kind,
            title=wanted.title,
            text=wanted.text,
            name=wanted.name,
            address=wanted.address,
            acknowledge=wanted.acknowledge,
            attachments=_kept(request),
        ),
        by=request.person.by,
        at=request.at,
    )
    return Answer(summary_now(made.id), 201, f"/api/v1/cases/{made.ref}")


def replied(request: Asked) -> Answer:
    """Answer the customer."""
    case, wanted = get_case(request.person, request.path["ref"]), request.body
    message = actions.reply(
        case,
        text=wanted.text,
        attachments=_kept(request),
        cc=wanted.cc,
        then=_THEN.get(wanted.then or ""),
        resolution=wanted.resolution,
        seen_version=wanted.version,
        by=request.person.by,
        at=request.at,
    )
    return Answer(MessageMade(message.pk, summary_now(case.pk)), 201)


def noted(request: Asked) -> Answer:
    """Add a note for colleagues."""
    case, wanted = get_case(request.person, request.path["ref"]), request.body
    by, at, sent = request.person.by, request.at, _kept(request)
    message = actions.note(case, text=wanted.text, attachments=sent, by=by, at=at)
    return Answer(MessageMade(message.pk, summary_now(case.pk)), 201)


def _kept(request: Asked) -> list[NewAttachment]:
    """The files of a message, their bytes in the blob store: sent with it, or before."""
    kept = []
    for place, given in enumerate(request.body.attachments):
        try:
            data = base64.b64decode(given.content, validate=True)
        except (binascii.Error, ValueError):
            error = (f"attachments[{place}].content", "This must be base64.")
            raise Problem(422, "Correct these fields and send it again.", errors=[error]) from None
        name, kind = files.named(given.name), given.content_type
        kept.append(NewAttachment(name, kind, len(data), blobs.put(data)))
    return [*kept, *files.taken(request.person, request.body.uploads)]


Do = Callable[[Case, Step, Person, By, datetime], object]
#: Every verb: the fields it asks, what it is for, and what it does.
VERBS: dict[str, tuple[tuple[str, ...], str, Do]] = {
    "take": ((), "Take a case", lambda c, s, p, by, at: actions.take(c, by=by, at=at)),
    "release": (
        (), "Put a case back into its queue",
        lambda c, s, p, by, at: actions.release(c, by=by, at=at)
    ),
    "assign": (
        ("owner",), "Give a case to a colleague",
        lambda c, s, p, by, at: actions.assign(c, owner_id=s.owner or 0, by=by, at=at)
    ),
    "await_customer": (
        (), "Wait for the customer",
        lambda c, s, p, by, at: actions.await_customer(c, by=by, at=at)
    ),
    "await_vendor": (
        (), "Wait for engineering",
        lambda c, s, p, by, at: actions.await_vendor(c, by=by, at=at)
    ),
    "resume": ((), "Go on working", lambda c, s, p, by, at: actions.resume(c, by=by, at=at)),
    "resolve": (
        ("text",), "Resolve a case",
        lambda c, s, p, by, at: actions.resolve(c, text=s.text, by=by, at=at)
    ),
    "close": ((), "Close a case", lambda c, s, p, by, at: actions.close(c, by=by, at=at)),
    "reopen": ((), "Open a case again", lambda c, s, p, by, at: actions.reopen(c, by=by, at=at)),
    "cancel": (
        ("reason",), "Cancel a case",
        lambda c, s, p, by, at: actions.cancel(c, reason=s.reason, by=by, at=at)
    ),
    "prioritise": (
        ("priority", "reason"), "Change the priority",
        lambda c, s, p, by, at: actions.prioritise(
            c, priority=s.priority, reason=s.reason, by=by, at=at
        )
    ),
    "retitle": (
        ("title",), "Change the title",
        lambda c, s, p, by, at: actions.retitle(c, title=s.title, by=by, at=at)
    ),
    "classify": (
        ("kind",), "Change the type",
        lambda c, s, p, by, at: actions.classify(c, kind=s.kind, by=by, at=at)
    ),
    "move": (
        ("queue",), "Move a case to another queue",
        lambda c, s, p, by, at: actions.move(c, queue=s.queue, by=by, at=at)
    ),
    "merge": (
        ("other",), "Merge a case into another",
        lambda c, s, p, by, at: actions.merge(c, into=_other(s, p), by=by, at=at)
    ),
    "unmerge": ((), "Undo a merge", lambda c, s, p, by, at: actions.unmerge(c, by=by, at=at)),
    "link": (
        ("other",), "Link two cases",
        lambda c, s, p, by, at: actions.link(c, other=_other(s, p), by=by, at=at)
    ),
    "unlink": (
        ("other",), "Remove a link",
        lambda c, s, p, by, at: actions.unlink(c, other=_other(s, p), by=by, at=at)
    ),
    "invite": (
        ("address", "name"), "Copy somebody from now on",
        lambda c, s, p, by, at: actions.invite(c, address=s.address, name=s.name, by=by, at=at)
    ),
    "uninvite": (
        ("address",), "Copy somebody no longer",
        lambda c, s, p, by, at: actions.uninvite(c, address=s.address, by=by, at=at)
    ),
    "tag": (
        ("tags",), "Put tags on a case",
        lambda c, s, p, by, at: actions.tag(c, add=_tags(s), by=by, at=at)
    ),
    "untag": (
        ("tags",), "Take tags off a case",
        lambda c, s, p, by, at: actions.tag(c, remove=_tags(s), by=by, at=at)
    ),
}  # fmt: skip


def stepped(verb: str) -> Callable[[Asked], Answer]:
    """What does a verb on the case of the path."""
    _, _, do = VERBS[verb]

    def work(request: Asked) -> Answer:
        case = get_case(request.person, request.path["ref"])
        do(case, request.body, request.person, request.person.by, request.at)
        return Answer(summary_now(case.pk))

    return work


def _other(step: Step, person: Person) -> Case:
    try:
        return get_case(person, step.other)
    except Hidden:
        raise Refused(f"There is no case {step.other or '?'} that you can see.") from None


def _tags(step: Step) -> list[int]:
    found, unknown = tags.named(step.tags)
    if unknown:
        tags.forget()
        found, unknown = tags.named(step.tags)
    if unknown or not found:
        raise Refused(f"There is no tag {', '.join(unknown) or '?'}.")
    return [tag.id for tag in found]
