"""Everything the decisions on a batch need, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import connection

from heliodesk.cases.rules import State
from heliodesk.channels.mailboxes import MailboxFacts
from heliodesk.customers import facts as customers
from heliodesk.customers.facts import CustomerFacts
from heliodesk.customers.rules import domain_of
from heliodesk.entitlements.facts import PackageFacts, packages_of
from heliodesk.entitlements.packs import ActivePack
from heliodesk.intake.draft import Draft, Sameness
from heliodesk.kernel import sql


@dataclass(frozen=True)
class CaseFacts:
    """A case that a message may belong to."""

    id: int
    ref: str
    account_id: int
    state: State
    offshore: bool
    closed_at: datetime | None
    priority: str
    #: Addresses of its parties, in lower case.
    parties: frozenset[str] = frozenset()
    flags: tuple[str, ...] = ()
    #: Addresses outside to which something was forwarded, in lower case.
    outside: frozenset[str] = frozenset()


@dataclass(frozen=True)
class HeldFacts:
    """A held item that a message may belong to."""

    id: int
    ref: str
    sender: str
    waiting: bool
    case_id: int | None


@dataclass(frozen=True)
class Sent:
    """A mail of ours, as a bounce names it."""

    id: int
    subject_kind: str
    subject_id: int
    to: str
    kind: str = ""


@dataclass
class Facts:
    """What is known about a batch of drafts."""

    customers: CustomerFacts
    pack: ActivePack
    packages: Mapping[int, PackageFacts]
    #: Case id -> case, merges followed; and how drafts name them.
    cases: Mapping[int, CaseFacts]
    case_by_ref: Mapping[str, int]
    held: Mapping[int, HeldFacts]
    held_by_ref: Mapping[str, int]
    #: Message-ID -> where its thread lives: (``case`` or ``held``, id).
    threads: Mapping[str, tuple[tuple[str, int], ...]]
    #: What makes a message the same one -> what the first one became.
    taken: Mapping[Sameness, tuple[str, int]]
    sent: Mapping[str, Sent]
    #: Sender -> automatic answers in the last hour; those who had a how-to in the last day.
    answered: Mapping[str, int]
    taught: frozenset[str]
    #: Mailbox id -> the policy's code of the address that was written to (C16).
    endpoints: Mapping[int, str | None] = field(default_factory=dict)


_CASES = """
with recursive named(start, id) as (
    select c.id, c.id from cases_case c where c.id = any(%(ids)s) or c.ref = any(%(refs)s)
  union
    select n.start, c.merged_into_id from named n join cases_case c on c.id = n.id
     where c.merged_into_id is not null
)
select n.start, s.ref, c.id, c.ref, c.account_id, c.state, c.offshore, c.closed_at,
       c.priority, c.flags,
       (select array_agg(p.address) from cases_participant p where p.case_id = c.id),
       (select array_agg(t.address) from cases_thirdparty t where t.case_id in (n.start, c.id))
  from named n
  join cases_case s on s.id = n.start
  join cases_case c on c.id = n.id
 where c.merged_into_id is null
"""
# Asked by halves: each has an index of its own, the whole has none.
_THREADS = """
select key, case_id, held_id from (
    select id, key, case_id, held_id from intake_threadkey
     where key = any(%(keys)s) and case_id is not null
    union all
    select id, key, case_id, held_id from intake_threadkey
     where key = any(%(keys)s) and held_id is not null
) k order by id
"""
_HELD = """
select id, ref, sender_address, state = 'held', case_id from intake_helditem
 where id = any(%s) or ref = any(%s)
"""
_TAKEN = """
select message_id, body_hash, mailbox_id, result_kind, result_id from channels_inbound
 where message_id = any(%s) and state in ('filed', 'held')
"""
_SENT = """
select message_id, id, subject_kind, subject_id, "to"[1], kind from channels_outbound
 where message_id = any(%s)
"""
_ANSWERED = """
select "to"[1], count(*) filter (where created_at > %(hour)s),
       count(*) filter (where kind like 'held%%' and created_at > %(day)s)
  from channels_outbound
 where automatic and "to"[1] = any(%(senders)s) and created_at > %(day)s
 group by 1
"""


def load(
    drafts: Sequence[Draft],
    pack: ActivePack,
    mailboxes: Sequence[MailboxFacts],
    *,
    at: datetime,
    accounts: AbstractSet[int] = frozenset(),
) -> Facts:
    """The facts for these drafts; the number of statements does not depend on how many they are.

    Args:
        accounts: further accounts that a person named.
    """
    known = customers.load(
        {draft.sender for draft in drafts},
        {value for draft in drafts for value in draft.ids.values},
        {domain_of(draft.sender) for draft in drafts},
        at.date(),
    )
    with sql.prepared(connection) as cursor:
        threads = _threads(cursor, drafts)
        sent = _sent(cursor, drafts)
        held, held_by_ref = _held(cursor, drafts, threads)
        cases, case_by_ref = _cases(cursor, drafts, threads, held, sent)
        taken = _taken(cursor, drafts)
        answered, taught = _answers(cursor, drafts, pack, at)
        named = accounts | {draft.account_id for draft in drafts if draft.account_id}
        known, packages = _accounts(known, cases, named, at)
    return Facts(
        customers=known,
        pack=pack,
        packages=packages,
        cases=cases,
        case_by_ref=case_by_ref,
        held=held,
        held_by_ref=held_by_ref,
        threads=threads,
        taken=taken,
        sent=sent,
        answered=answered,
        taught=taught,
        endpoints={box.id: _endpoint(box, pack) for box in mailboxes},
    )


def _endpoint(box: MailboxFacts, pack: ActivePack) -> str | None:
    """Which of the policy's addresses a mailbox is: by its address, else by its region."""
    side = pack.policy.mail_side(box.address)
    if side or box.region not in pack.policy.pack.regions:
        return side
    return pack.policy.pack.regions[box.region].mail


_Places = dict[str, tuple[tuple[str, int], ...]]


def _threads(cursor: sql.Cursor, drafts: Sequence[Draft]) -> _Places:
    """Where the threads of all Message-IDs live."""
    keys = {key for draft in drafts for key in (draft.message_id, *draft.ancestors) if key}
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    if keys:
        cursor.execute(_THREADS, {"keys": sorted(keys)})
        for key, case_id, held_id in cursor.fetchall():
            found[key].append(("case", case_id) if case_id else ("held", held_id))
    return {key: tuple(places) for key, places in found.items()}


def _sent(cursor: sql.Cursor, drafts: Sequence[Draft]) -> dict[str, Sent]:
    """Our mails that came back."""
    ids = {f"<{d.bounce.message_id}>" for d in drafts if d.bounce and d.bounce.message_id}
    if not ids:
        return {}
    cursor.execute(_SENT, [sorted(ids)])
    return {row[0].strip("<>"): Sent(*row[1:]) for row in cursor.fetchall()}


def _held(
    cursor: sql.Cursor, drafts: Sequence[Draft], threads: _Places
) -> tuple[dict[int, HeldFacts], dict[str, int]]:
    """Held items that drafts name by reference or thread."""
    ids = {id for places in threads.values() for kind, id in places if kind == "held"}
    refs = {ref for draft in drafts for ref in draft.held_refs}
    if not (ids or refs):
        return {}, {}
    cursor.execute(_HELD, [sorted(ids), sorted(refs)])
    held = {row[0]: HeldFacts(*row) for row in cursor.fetchall()}
    return held, {one.ref: one.id for one in held.values()}


def _cases(
    cursor: sql.Cursor,
    drafts: Sequence[Draft],
    threads: _Places,
    held: Mapping[int, HeldFacts],
    sent: Mapping[str, Sent],
) -> tuple[dict[int, CaseFacts], dict[str, int]]:
    """Cases that drafts name, by the id and the reference they are named by; merges followed."""
    ids = {id for places in threads.values() for kind, id in places if kind == "case"}
    ids |= {one.case_id for one in held.values() if one.case_id}
    ids |= {mail.subject_id for mail in sent.values() if mail.subject_kind == "case"}
    refs = {
        ref for d in drafts for ref in (*d.aside_refs, *d.token_refs, *d.tagged_refs, *d.bare_refs)
    }
    if not (ids or refs):
        return {}, {}
    cursor.execute(_CASES, {"ids": sorted(ids), "refs": sorted(refs)})
    cases: dict[int, CaseFacts] = {}
    by_ref: dict[str, int] = {}
    for (
        start,
        start_ref,
        id,
        ref,
        account,
        state,
        offshore,
        closed_at,
        priority,
        flags,
        parties,
        outside,
    ) in cursor.fetchall():
        known = CaseFacts(
            id,
            ref,
            account,
            State(state),
            offshore,
            closed_at,
            priority,
            frozenset(parties or ()),
            tuple(flags),
            frozenset(outside or ()),
        )
        cases[start] = cases[id] = known
        by_ref[start_ref] = by_ref[ref] = id
    return cases, by_ref


def _taken(cursor: sql.Cursor, drafts: Sequence[Draft]) -> dict[Sameness, tuple[str, int]]:
    """Messages that were taken in before."""
    ids = {draft.message_id for draft in drafts if draft.message_id}
    if not ids:
        return {}
    cursor.execute(_TAKEN, [sorted(ids)])
    return {(row[2], row[0], bytes(row[1])): (row[3], row[4]) for row in cursor.fetchall()}


def _answers(
    cursor: sql.Cursor, drafts: Sequence[Draft], pack: ActivePack, at: datetime
) -> tuple[dict[str, int], frozenset[str]]:
    """How often each sender was answered by the desk itself lately."""
    senders = {draft.sender for draft in drafts if draft.sender}
    if not senders:
        return {}, frozenset()
    cursor.execute(
        _ANSWERED,
        {
            "senders": sorted(senders),
            "hour": at - timedelta(hours=1),
            "day": at - timedelta(days=1),
        },
    )
    rows = cursor.fetchall()
    most = int(str(pack.policy.pack.settings["email.how_to_per_day"].default))
    taught = {row[0] for row in rows if row[2] >= most} if most else senders
    return {row[0]: row[1] for row in rows}, frozenset(taught)


def _accounts(
    known: CustomerFacts,
    cases: Mapping[int, CaseFacts],
    named: AbstractSet[int],
    at: datetime,
) -> tuple[CustomerFacts, dict[int, PackageFacts]]:
    """The accounts of named cases and of managed customers too, and the package of each."""
    further = {case.account_id for case in cases.values()} | named
    # Only a single managed customer can be inferred; a partner with many is asked which.
    further |= {id for ids in known.managed.values() if len(ids) == 1 for id in ids}
    accounts = {**known.accounts, **customers.accounts_of(further - known.accounts.keys())}
    return replace(known, accounts=accounts), packages_of(accounts.keys(), at.date())
