"""Write the outcomes of a batch: everything in one transaction, a few statements a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from heliodesk.cases.actions import hear, open_cases
from heliodesk.cases.models import Direction
from heliodesk.cases.new import Heard, NewAttachment, NewCase, NewMessage, Party
from heliodesk.cases.rules import Happened, Stage, urgency
from heliodesk.customers.actions import addresses_bounced, addresses_heard
from heliodesk.entitlements import stored
from heliodesk.entitlements.tongues import tell_in
from heliodesk.intake import page
from heliodesk.intake.draft import Draft
from heliodesk.intake.facts import Facts
from heliodesk.intake.outcome import Fate, Outcome
from heliodesk.journal.record import SYSTEM, Happening, record
from heliodesk.kernel import sql
from heliodesk.kernel.clock import NEVER
from heliodesk.kernel.references import held_reference
from heliodesk.kernel.text import one_line, preview, storable

#: The decision's flag for mail to an address of the other side.
_WRONG_SIDE = "wrong_regional_address"
#: The decision's flag for a P1 that is claimed in writing.
_IN_WRITING = "p1_requested_not_by_phone"


@dataclass
class Filed:
    """Where each draft of a batch ended: (kind, id of case or held item), by index."""

    places: dict[int, tuple[str, int]] = field(default_factory=dict)
    refs: dict[int, str] = field(default_factory=dict)


def file_all(
    drafts: Sequence[Draft], outcomes: Sequence[Outcome], facts: Facts, *, at: datetime
) -> Filed:
    """Write everything; must run inside the batch's transaction, blobs already stored."""
    filed = Filed()
    with sql.prepared(connection) as cursor:
        decisions = _decisions(cursor, outcomes, facts, at)
        _open(drafts, outcomes, facts, decisions, filed, at)
        _hold(cursor, drafts, outcomes, decisions, filed, facts, at)
        _append(drafts, outcomes, decisions, filed, facts, at)
        _crossed(outcomes, filed, facts, at)
        _duplicates(outcomes, filed)
        _thread_keys(cursor, drafts, outcomes, filed)
        _settle(cursor, drafts, outcomes, filed)
        _bounces(cursor, outcomes, at)
    addresses_heard(
        [
            draft.sender
            for draft, outcome in zip(drafts, outcomes, strict=True)
            if outcome.contact and outcome.contact.bounced and not outcome.automatic
        ]
    )
    return filed


def _indexes(outcomes: Sequence[Outcome], *fates: Fate) -> list[int]:
    return [index for index, outcome in enumerate(outcomes) if outcome.fate in fates]


def _decisions(
    cursor: sql.Cursor, outcomes: Sequence[Outcome], facts: Facts, at: datetime
) -> dict[int, int]:
    """Keep the decisions that open, hold or reopen; index of the draft -> id of the row."""
    made = [
        (index, outcome.request, outcome.decision)
        for index, outcome in enumerate(outcomes)
        if outcome.request
        and outcome.decision
        and (outcome.fate in {Fate.OPEN, Fate.HOLD} or outcome.reopen)
    ]
    ids = stored.store(cursor, facts.pack.id, [(r, d) for _, r, d in made], at=at)
    return {index: id for (index, _, _), id in zip(made, ids, strict=True)}


def attachments_of(draft: Draft) -> tuple[NewAttachment, ...]:
    """The files of a draft; their bytes are in the blob store by now."""
    return tuple(
        NewAttachment(
            name=storable(part.name),
            content_type=part.content_type,
            size=part.size,
            sha256=part.sha256,
            inline=part.inline,
            content_id=storable(part.content_id),
        )
        for part in draft.parts
    )


def channel_of(draft: Draft) -> str:
    """How the customer reached us: calls and forms by their name, every way of mail as e-mail."""
    return draft.channel if draft.channel in {"phone", "web"} else "email"


def message_of(draft: Draft, outcome: Outcome) -> NewMessage:
    """What the draft says, as a message of a case."""
    contact = outcome.contact
    return NewMessage(
        channel=channel_of(draft),
        at=draft.at,
        author_name=draft.sender_name or (contact.name if contact else "") or draft.sender,
        author_address=draft.sender,
        author_contact_id=contact.id if contact else None,
        direction=Direction.NOTE if outcome.aside else Direction.IN,
        to=draft.to,
        cc=tuple(address for address, _ in draft.cc),
        subject=draft.subject,
        text=draft.text,
        new_text=draft.new_text,
        html=page.clean(draft.html),
        marks={**draft.marks, "aside": True} if outcome.aside else draft.marks,
        automatic=outcome.automatic,
        pending=outcome.pending,
        message_id=draft.message_id,
        inbound_id=draft.inbound_id,
        attachments=attachments_of(draft),
    )


def told_of(draft: Draft, outcome: Outcome, facts: Facts) -> dict[str, Any]:
    """What the followers need to answer with the right words, or not at all."""
    told: dict[str, Any] = {"answer": outcome.answer}
    if outcome.answer and outcome.decision:
        told["message"] = outcome.decision.message
        told["language"] = _language(draft, outcome)
        told["sentence"] = tell_in(told["language"], outcome.decision, facts.pack.policy)
    return told


def _language(draft: Draft, outcome: Outcome) -> str:
    """What the sender reads: as their contact has it, else as the form was filled in."""
    contact = outcome.contact
    return (contact.language if contact else "") or draft.language


def letter_of(draft: Draft, ref: str) -> dict[str, Any]:
    """What a letter about a held item needs to know of it."""
    return {
        "ref": ref,
        "sender": draft.sender,
        "subject": draft.title,
        "mailbox_id": draft.mailbox_id,
        "message_id": draft.message_id,
    }


def _open(
    drafts: Sequence[Draft],
    outcomes: Sequence[Outcome],
    facts: Facts,
    decisions: dict[int, int],
    filed: Filed,
    at: datetime,
) -> None:
    indexes = _indexes(outcomes, Fate.OPEN)
    new = [new_case_of(drafts[i], outcomes[i], facts, decisions.get(i)) for i in indexes]
    for index, opened in zip(indexes, open_cases(new, by=SYSTEM, at=at), strict=True):
        filed.places[index] = ("case", opened.id)
        filed.refs[index] = opened.ref


def new_case_of(draft: Draft, outcome: Outcome, facts: Facts, decision_id: int | None) -> NewCase:
    """The case that a draft opens."""
    account, decision = outcome.account, outcome.decision
    assert account and decision  # noqa: S101 - Fate.OPEN has both
    terms = facts.pack.policy.terms(decision.package)
    stage = Stage.P1 if decision.priority == "P1" else Stage.RUNNING
    contact_id = outcome.contact.id if outcome.contact else None
    return NewCase(
        account_id=account.id,
        contact_id=contact_id,
        mailbox_id=draft.mailbox_id,
        channel=channel_of(draft),
        title=draft.title,
        kind=draft.own_kind
        or (outcome.request.case_type if outcome.request else draft.kind or "technical"),
        severity=draft.severity or decision.priority or "P3",
        priority=decision.priority or "P3",
        queue=decision.queue,
        package=terms.code,
        decision_id=decision_id,
        flags=outcome.flags,
        offshore=account.offshore,
        urgency=urgency(stage, terms.rank),
        due_at=decision.due or NEVER,
        continues_id=outcome.continues_id,
        requester=Party(draft.sender, draft.sender_name, contact_id),
        copied=_copied(draft, facts),
        message=message_of(draft, outcome),
        told={
            **told_of(draft, outcome, facts),
            "decision": decision,
            "pack": facts.pack.id,
            "fields": draft.marks.get("fields"),
        },
    )


def _crossed(outcomes: Sequence[Outcome], filed: Filed, facts: Facts, at: datetime) -> None:
    """Say in the journal what came to the other side of the data boundary and was moved (C16)."""
    moved, regions = [], facts.pack.policy.pack.regions
    for index in _indexes(outcomes, Fate.OPEN, Fate.APPEND):
        outcome, (_, case_id) = outcomes[index], filed.places[index]
        request, decision = outcome.request, outcome.decision
        if not (request and decision and outcome.account) or _WRONG_SIDE not in decision.flags:
            continue
        region = regions.get(outcome.account.region)
        data = {
            "boundary": True,
            "offshore": outcome.account.offshore,
            "written_to": facts.pack.policy.pack.mail_addresses.get(request.endpoint or "", ""),
            "belongs_to": facts.pack.policy.pack.mail_addresses[region.mail] if region else "",
            "queue": decision.queue,
        }
        moved.append(Happening(Happened.REROUTED, "case", case_id, data))
    record(moved, by=SYSTEM, at=at)


def _copied(draft: Draft, facts: Facts) -> tuple[Party, ...]:
    """Only people the account knows are copied on what is said: nobody is added by a stranger."""
    parties = []
    for address, name in draft.cc:
        contact = facts.customers.contact(address)
        if contact and contact.active:
            parties.append(Party(address, name, contact.id))
    return tuple(parties)


def _append(
    drafts: Sequence[Draft],
    outcomes: Sequence[Outcome],
    decisions: dict[int, int],
    filed: Filed,
    facts: Facts,
    at: datetime,
) -> None:
    heard, indexes = [], _indexes(outcomes, Fate.APPEND)
    for index in indexes:
        outcome = outcomes[index]
        case_id = outcome.case_id
        if case_id is None:
            assert outcome.earlier is not None  # noqa: S101 - one of the two is set
            case_id = filed.places[outcome.earlier][1]
        filed.places[index] = ("case", case_id)
        heard.append(
            Heard(
                case_id,
                message_of(drafts[index], outcome),
                reopen=outcome.reopen,
                flags=outcome.flags,
                decision_id=decisions.get(index),
                priority=(outcome.decision.priority or "") if outcome.decision else "",
                urgent=_IN_WRITING in outcome.flags,
                aside=outcome.aside,
                told=told_of(drafts[index], outcome, facts),
            )
        )
    hear(heard, at=at)


_HELD = {
    "id": "bigint",
    "ref": "text",
    "state": "text",
    "channel": "text",
    "mailbox_id": "bigint",
    "reason": "text",
    "detail": "text",
    "queue": "text",
    "decision_id": "bigint",
    "sender_address": "text",
    "sender_name": "text",
    "subject": "text",
    "preview": "text",
    "account_hint_id": "bigint",
    "contact_hint_id": "bigint",
    "case_hint_id": "bigint",
    "created_at": "timestamptz",
    "last_at": "timestamptz",
    "purge_at": "timestamptz",
}
_HELD_MESSAGE = {"held_id": "bigint", "inbound_id": "bigint", "at": "timestamptz"}


def _hold(
    cursor: sql.Cursor,
    drafts: Sequence[Draft],
    outcomes: Sequence[Outcome],
    decisions: dict[int, int],
    filed: Filed,
    facts: Facts,
    at: datetime,
) -> None:
    indexes = _indexes(outcomes, Fate.HOLD)
    ids, refs = reserve_held(cursor, len(indexes))
    purge = facts.pack.policy.pack.settings["intake.purge_days"].default
    rows, happenings = [], []
    for index, id, ref in zip(indexes, ids, refs, strict=True):
        draft, outcome = drafts[index], outcomes[index]
        filed.places[index], filed.refs[index] = ("held", id), ref
        rows.append(
            (
                id, ref, "held", channel_of(draft), draft.mailbox_id, outcome.reason,
                outcome.detail,
                outcome.decision.queue if outcome.decision else "", decisions.get(index),
                one_line(storable(draft.sender), 254), one_line(storable(draft.sender_name), 200),
                one_line(storable(draft.subject)), storable(preview(draft.text, 400)),
                outcome.account_hint.id if outcome.account_hint else None,
                outcome.contact.id if outcome.contact else None,
                outcome.case_hint, at, at,
                at + timedelta(days=int(str(purge))),
            )
        )  # fmt: skip
        told = {**told_of(draft, outcome, facts), **letter_of(draft, ref)}
        happenings.append(Happening("opened", "held", id, {"reason": outcome.reason}, told=told))
    sql.insert(cursor, "intake_helditem", _HELD, rows)
    for index in _indexes(outcomes, Fate.JOIN_HELD):
        outcome = outcomes[index]
        held_id = outcome.held_id
        if held_id is None:
            assert outcome.earlier is not None  # noqa: S101 - one of the two is set
            held_id = filed.places[outcome.earlier][1]
        filed.places[index] = ("held", held_id)
        happenings.append(Happening("joined", "held", held_id, {"from": drafts[index].sender}))
    members = _indexes(outcomes, Fate.HOLD, Fate.JOIN_HELD)
    sql.insert(
        cursor,
        "intake_heldmessage",
        _HELD_MESSAGE,
        [(filed.places[i][1], drafts[i].inbound_id, drafts[i].at) for i in members],
    )
    joined = [filed.places[i][1] for i in _indexes(outcomes, Fate.JOIN_HELD)]
    if joined:
        cursor.execute(
            "update intake_helditem set last_at = greatest(last_at, %s) where id = any(%s)",
            [at, joined],
        )
    record(happenings, by=SYSTEM, at=at)


def reserve_held(cursor: sql.Cursor, count: int) -> tuple[list[int], list[str]]:
    """Row ids and references for new held items."""
    cursor.execute(
        "select nextval(pg_get_serial_sequence('intake_helditem', 'id')),"
        " nextval('intake_held_number') from generate_series(1, %s)",
        [count],
    )
    rows = cursor.fetchall()
    return [row[0] for row in rows], [held_reference(row[1]) for row in rows]


def _duplicates(outcomes: Sequence[Outcome], filed: Filed) -> None:
    for index in _indexes(outcomes, Fate.DUPLICATE):
        outcome = outcomes[index]
        if outcome.case_id:
            filed.places[index] = ("case", outcome.case_id)
        elif outcome.held_id:
            filed.places[index] = ("held", outcome.held_id)
        elif outcome.earlier is not None and outcome.earlier in filed.places:
            filed.places[index] = filed.places[outcome.earlier]


def _thread_keys(
    cursor: sql.Cursor, drafts: Sequence[Draft], outcomes: Sequence[Outcome], filed: Filed
) -> None:
    """Remember each Message-ID and its ancestors, so that the next message finds its thread."""
    rows = set()
    for index in _indexes(outcomes, Fate.OPEN, Fate.APPEND, Fate.HOLD, Fate.JOIN_HELD):
        draft, (kind, id) = drafts[index], filed.places[index]
        if outcomes[index].pending or outcomes[index].aside or draft.bounce:
            continue
        for key in (draft.message_id, *draft.ancestors):
            if key:
                rows.add((key, id if kind == "case" else None, id if kind == "held" else None))
    sql.insert(
        cursor,
        "intake_threadkey",
        {"key": "text", "case_id": "bigint", "held_id": "bigint"},
        sorted(rows, key=str),
        tail="on conflict do nothing",
    )


_STATES = {
    Fate.OPEN: "filed",
    Fate.APPEND: "filed",
    Fate.HOLD: "held",
    Fate.JOIN_HELD: "held",
    Fate.DUPLICATE: "duplicate",
    Fate.DROP: "dropped",
}
_SETTLED = {
    "id": "bigint",
    "state": "text",
    "message_id": "text",
    "body_hash": "bytea",
    "result_kind": "text",
    "result_id": "bigint",
    "error": "text",
}


def _settle(
    cursor: sql.Cursor, drafts: Sequence[Draft], outcomes: Sequence[Outcome], filed: Filed
) -> None:
    """Mark the inbound rows with what they became."""
    rows = []
    for index, (draft, outcome) in enumerate(zip(drafts, outcomes, strict=True)):
        kind, id = filed.places.get(index, ("", None))
        key = draft.message_id or f"inbound-{draft.inbound_id}"
        said = outcome.reason if outcome.fate in {Fate.DROP, Fate.DUPLICATE} else ""
        rows.append((draft.inbound_id, _STATES[outcome.fate], key, draft.body_hash, kind, id, said))
    cursor.execute(
        "update channels_inbound i set state = r.state, message_id = r.message_id,"
        " body_hash = r.body_hash, result_kind = r.result_kind, result_id = r.result_id,"
        f" error = r.error from {sql.recordset(_SETTLED)} where i.id = r.id",
        [sql.rows_parameter(_SETTLED, rows)],
    )


def _bounces(cursor: sql.Cursor, outcomes: Sequence[Outcome], at: datetime) -> None:
    """Mark returned mails, and the addresses they could not reach."""
    mails = [o.bounced_outbound for o in outcomes if o.bounced_outbound]
    if mails:
        cursor.execute("update channels_outbound set state = 'bounced' where id = any(%s)", [mails])
    addresses = sorted({o.bounced_address for o in outcomes if o.bounced_address})
    if addresses:
        addresses_bounced(addresses, at=at)
        happenings = [
            Happening("bounced", "case", outcome.case_id, {"address": outcome.bounced_address})
            for outcome in outcomes
            if outcome.bounced_address and outcome.case_id
        ]
        record(happenings, by=SYSTEM, at=at)
