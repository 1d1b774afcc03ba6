"""Decide a held item: a case, part of one, an answer that ends it, or spam."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from heliodesk.cases.actions import hear, open_cases
from heliodesk.cases.models import Case
from heliodesk.cases.new import Heard, Opened
from heliodesk.cases.rules import Refused
from heliodesk.channels import blobs
from heliodesk.channels.mailboxes import active_mailboxes
from heliodesk.customers.facts import ContactFacts
from heliodesk.customers.models import Contact
from heliodesk.entitlements import packs, stored
from heliodesk.entitlements.request import AccountId, ContactRole
from heliodesk.entitlements.rules import decide as entitle
from heliodesk.intake import facts
from heliodesk.intake.actions.reading import read_held
from heliodesk.intake.decide import request_of
from heliodesk.intake.draft import Draft
from heliodesk.intake.filing import letter_of, message_of, new_case_of
from heliodesk.intake.identify import Identity, role_at
from heliodesk.intake.models import HeldItem
from heliodesk.intake.outcome import Fate, Outcome
from heliodesk.intake.rules import HeldState
from heliodesk.journal.record import SYSTEM, By, Happening, record


def release_held(
    held: HeldItem, *, account_id: int, contact_id: int | None, by: By, at: datetime
) -> Opened:
    """Make a case of a held item, for this account and contact; the sender is acknowledged.

    The entitlement is decided anew, as for a message that named the account.

    Raises:
        Refused: the item is already decided, cannot be read, or the account does not exist.
    """
    with transaction.atomic():
        row = _locked(held)
        drafts = _drafts(row)
        pack, boxes = packs.active(), active_mailboxes()
        known = facts.load(drafts, pack, boxes, at=at, accounts={account_id})
        account = known.customers.accounts.get(account_id)
        if account is None:
            raise Refused("There is no such account.")
        contact = _contact(contact_id)
        role = _role(contact, account_id, known)
        identity = Identity(role, AccountId.VALID, account, contact)
        request = request_of(drafts[0], known, identity, case=None, at=at)
        decision = entitle(request, pack.policy, at)
        if not decision.makes_case:
            # A person has decided that this is the account's; ask again as for its own contact.
            identity = replace(identity, role=ContactRole.AUTHORISED)
            request = request_of(drafts[0], known, identity, case=None, at=at)
            decision = entitle(request, pack.policy, at)
        if not decision.makes_case:
            raise Refused(
                "The policy gives this account no case now: " + decision.message.replace(".", " ")
            )
        with connection.cursor() as cursor:
            (decision_id,) = stored.store(cursor, pack.id, [(request, decision)], at=at)
        outcome = Outcome(
            Fate.OPEN,
            account=account,
            contact=contact,
            request=request,
            decision=decision,
            package=request.package or "",
            flags=decision.flags,
            answer=not drafts[0].unanswerable,
        )
        (opened,) = open_cases([new_case_of(drafts[0], outcome, known, decision_id)], by=by, at=at)
        _add(drafts[1:], opened.id, contact, at)
        _settle(row, HeldState.MATCHED, by=by, at=at, case_id=opened.id)
    return opened


def append_held(
    held: HeldItem, *, case: Case, contact_id: int | None = None, by: By, at: datetime
) -> Case:
    """Add everything said on a held item to a case.

    Raises:
        Refused: the item is already decided or cannot be read, or the case was merged away.
    """
    with transaction.atomic():
        row = _locked(held)
        if case.merged_into_id:
            raise Refused(f"Case {case.ref} was merged into another. Choose that one.")
        _add(_drafts(row), case.pk, _contact(contact_id), at)
        _settle(row, HeldState.MATCHED, by=by, at=at, case_id=case.pk)
    return case


def reject_held(held: HeldItem, *, text: str, by: By, at: datetime) -> None:
    """End a held item with an answer to its sender.

    Raises:
        Refused: the item is already decided, or there is no text.
    """
    if not text.strip():
        raise Refused("Write what the sender should know, or mark it as spam to send nothing.")
    with transaction.atomic():
        row = _locked(held)
        draft = next((one.draft for one in reversed(read_held(row)) if one.draft), None)
        if draft is None:
            raise Refused(f"{row.ref} cannot be read, so it cannot be answered.")
        told = {"answer": True, "text": text.strip()[:20_000], **letter_of(draft, row.ref)}
        _settle(row, HeldState.REJECTED, by=by, at=at, told=told)


def spam_held(held: HeldItem, *, by: By, at: datetime) -> None:
    """End a held item without any answer.

    Raises:
        Refused: the item is already decided.
    """
    with transaction.atomic():
        _settle(_locked(held), HeldState.SPAM, by=by, at=at)


_PURGE = """
update intake_helditem set state = 'purged', decided_at = %(at)s
 where id = any(array(select id from intake_helditem
                       where state = 'held' and purge_at <= %(at)s
                       order by purge_at limit 500 for update skip locked))
returning id
"""


def purge_held(*, at: datetime) -> int:
    """Put aside items that nobody decided in time; the raw messages are kept (C8)."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PURGE, {"at": at})
        ids = [row[0] for row in cursor.fetchall()]
        record([Happening("purged", "held", id) for id in ids], by=SYSTEM, at=at)
    return len(ids)


def _locked(held: HeldItem) -> HeldItem:
    row = HeldItem.objects.select_for_update().get(pk=held.pk)
    if row.state != HeldState.HELD:
        raise Refused(f"{row.ref} is already {row.state}. Somebody was faster.")
    return row


def _drafts(row: HeldItem) -> list[Draft]:
    content = read_held(row)
    broken = next((one.error for one in content if one.draft is None), None)
    if broken is not None or not content:
        raise Refused(f"{row.ref} cannot be read: {broken or 'it holds no message'}.")
    drafts = [one.draft for one in content if one.draft]
    blobs.put_many([part.data for draft in drafts for part in draft.parts])
    return drafts


def _contact(contact_id: int | None) -> ContactFacts | None:
    if contact_id is None:
        return None
    row = Contact.objects.filter(pk=contact_id).first()
    if row is None:
        raise Refused("There is no such contact.")
    return ContactFacts(row.pk, row.name, row.active, row.language, row.zone, {})


def _role(contact: ContactFacts | None, account_id: int, known: facts.Facts) -> ContactRole:
    if contact is None:
        return ContactRole.UNKNOWN_DOMAIN_OK
    full = next(
        (one for one in known.customers.contacts_by_address.values() if one.id == contact.id), None
    )
    if full is None:
        return ContactRole.AUTHORISED
    return role_at(full, known.customers.accounts[account_id], "", known.customers)


def _add(drafts: Sequence[Draft], case_id: int, contact: ContactFacts | None, at: datetime) -> None:
    heard = [
        Heard(case_id, message_of(draft, Outcome(Fate.APPEND, contact=contact)), reopen=True)
        for draft in drafts
    ]
    hear(heard, at=at)


_REKEY = """
insert into intake_threadkey (key, case_id)
select key, %s from intake_threadkey where held_id = %s on conflict do nothing
"""


def _settle(
    row: HeldItem,
    state: HeldState,
    *,
    by: By,
    at: datetime,
    case_id: int | None = None,
    told: dict[str, Any] | None = None,
) -> None:
    row.state, row.decided_at, row.case_id = state, at, case_id
    row.decided_by_id = by.id if by.kind == "user" else None
    row.save(update_fields=["state", "decided_at", "case", "decided_by"])
    if case_id:
        with connection.cursor() as cursor:
            cursor.execute(_REKEY, [case_id, row.pk])
            cursor.execute("delete from intake_threadkey where held_id = %s", [row.pk])
            cursor.execute(
                "update channels_inbound set state = 'filed', result_kind = 'case', result_id = %s"
                " where id = any(select inbound_id from intake_heldmessage where held_id = %s)",
                [case_id, row.pk],
            )
    happening = Happening(state.value, "held", row.pk, {"case": case_id}, told=told or {})
    record([happening], by=by, at=at)
