"""Pieces of tasks: how each kind of record goes, and how a person is taken out of everything."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from heliodesk.cases import forgetting as cases
from heliodesk.channels import forgetting as channels
from heliodesk.customers.actions import forgetting as customers
from heliodesk.entitlements import forgetting as entitlements
from heliodesk.intake import forgetting as intake
from heliodesk.journal import forgetting as journal
from heliodesk.journal.record import SYSTEM, By, Happening, record
from heliodesk.kernel.blanking import Blank
from heliodesk.notifications import forgetting as notifications
from heliodesk.oncall import forgetting as oncall
from heliodesk.privacy import archive
from heliodesk.privacy.models import Retention, Task, UnusedBlob
from heliodesk.privacy.queries import EPOCH, any_hold, obstacles, spared, would_go
from heliodesk.privacy.rules import Keep, Kind, Refused, boundary
from heliodesk.telephony import forgetting as telephony

_CASES = 25
_MAILS = 5000
_CALLS = 200
_EVENTS = 2000
_STRETCH = 20_000


def retention(task: Task, at: datetime) -> bool:
    """One piece of a run; whether it was the last."""
    row = Retention.objects.select_for_update().get(keep=task.keep)
    if row.months is None:
        raise Refused("These records are kept for ever now.")
    if not task.phase:
        task.phase = "working"
        if at.day == 1:  # what was not settled then may be now
            row.through_at, row.through_id = None, 0
            row.save()
        task.total = would_go(Keep(task.keep), row.months, at)
        return False
    before = boundary(row.months, task.asked_at)
    done, over = _PIECES[Keep(task.keep)](row, before, at)
    task.done += done
    row.save()
    if over and task.done:
        data = {"keep": task.keep, "months": row.months, "gone": task.done}
        record([Happening("retention_ran", "retention", row.pk, data)], by=_asker(task), at=at)
    return over


def _old_cases(row: Retention, before: datetime, at: datetime) -> tuple[int, bool]:
    found = cases.old(before, row.through_at or EPOCH, spared(), most=_CASES)
    ids = [id for id, _ in found]
    if ids:
        mails = cases.mails_of(ids)
        _unused(cases.empty(ids, by=SYSTEM, at=at), at)
        channels.drop_raw(mails)
        channels.empty_sent(ids)
        telephony.empty(telephony.of_cases(ids))
    over = len(found) < _CASES
    if over:
        row.through_at = before
    return len(ids), over


def _old_mails(row: Retention, before: datetime, at: datetime) -> tuple[int, bool]:
    ids = channels.raw_before(before, row.through_id, most=_MAILS)
    kept = cases.spared_mails(ids, spared())
    done = channels.drop_raw([id for id in ids if id not in kept])
    last, received_at = channels.last_of(row.through_id, most=_MAILS)
    if received_at is None or received_at >= before:
        return done, True
    row.through_id = last
    return done, False


def _old_calls(row: Retention, before: datetime, at: datetime) -> tuple[int, bool]:
    ids = telephony.before(before, 0, most=_CALLS, spared=spared())
    telephony.empty(ids)
    return len(ids), len(ids) < _CALLS


def _old_events(row: Retention, before: datetime, at: datetime) -> tuple[int, bool]:
    if any_hold():
        raise Refused("A legal hold is in force; no event is deleted.")
    done = journal.forget(before, most=_EVENTS)
    return done, done == 0


_PIECES: dict[Keep, Callable[[Retention, datetime, datetime], tuple[int, bool]]] = {
    Keep.CASES: _old_cases,
    Keep.RAW_MAIL: _old_mails,
    Keep.CALLS: _old_calls,
    Keep.AUDIT: _old_events,
}


def person(task: Task, at: datetime) -> bool:
    """One piece of what is done for a person; whether it was the last."""
    return _PHASES[task.phase](task, at)


def _begin(task: Task, at: datetime) -> bool:
    """Find their cases, calls and the words to look for."""
    assert task.contact is not None  # noqa: S101 (a task of a person has one)
    if task.kind != Kind.EXPORT:
        found = obstacles(task.contact, at)
        if found:
            raise Refused(" ".join(one.text for one in found))
    known = customers.known(task.contact)
    task.case_ids = cases.of_person(known.id, known.addresses)
    if task.kind == Kind.EXPORT:
        task.phase = "export"
        task.total = len(task.case_ids)
        return False
    used = cases.names_used(known.id, known.addresses, task.case_ids)
    task.words = {
        "names": sorted({known.name, *(name for name in used if " " in name and "@" not in name)}),
        "parts": known.name.split(),
        "addresses": list(known.addresses),
        "numbers": list(known.numbers),
        "accounts": list(known.account_ids),
    }
    task.total, task.phase, task.position = len(task.case_ids), "cases", 0
    return False


def _export(task: Task, at: datetime) -> bool:
    assert task.contact is not None  # noqa: S101 (a task of a person has one)
    known = customers.known(task.contact)
    calls = telephony.of_person(known.id, known.numbers)
    task.archive = archive.made(task.contact, task.case_ids, calls, at)
    task.size, task.done = len(task.archive), len(task.case_ids)
    record([Happening("exported", "contact", known.id)], by=_asker(task), at=at)
    return True


def _cases(task: Task, at: datetime) -> bool:
    """Take them out of a few cases, and of all that hangs on these."""
    ids = task.case_ids[task.position : task.position + _CASES]
    words, erase = _blank(task), task.kind == Kind.ERASE
    addresses, contact_id = task.words["addresses"], int(task.contact_id or 0)
    mails = cases.inbound_of(ids, contact_id, addresses)
    _unused(cases.blank(ids, contact_id, addresses, words, erase=erase), at)
    channels.drop_raw(mails)
    channels.blank_sent("case", ids, words)
    telephony.blank(ids, words)
    oncall.blank(ids, words)
    notifications.blank(ids, words)
    entitlements.blank(cases.decisions_of(ids), words.words, words.name)
    journal.blank({"case": ids, "p1": oncall.p1s_of(ids)}, words.words, words.name)
    task.position += len(ids)
    task.done = task.position
    if task.position >= len(task.case_ids):
        task.phase, task.position = "mail", 0
    return False


def _mail(task: Task, at: datetime) -> bool:
    """Look through a stretch of all mail that ever came for theirs."""
    found = channels.raw_from(task.words["addresses"], task.position, most=_STRETCH)
    channels.drop_raw(found)
    last, received_at = channels.last_of(task.position, most=_STRETCH)
    task.position = last
    if received_at is None:
        task.phase = "rest"
    return False


def _rest(task: Task, at: datetime) -> bool:
    """Held items, calls, the contact, and what the journal says of these."""
    assert task.contact is not None  # noqa: S101 (a task of a person has one)
    words, contact_id = _blank(task), task.contact.pk
    held = intake.of_person(contact_id, task.words["addresses"])
    channels.drop_raw(intake.inbound_of(held))
    intake.blank(held, words, erase=task.kind == Kind.ERASE)
    channels.blank_sent("held", held, words)
    channels.blank_sent("contact", [contact_id], words)
    calls = telephony.of_person(contact_id, task.words["numbers"])
    telephony.empty(calls)
    customers.forget(task.contact, verb=_DONE[task.kind], by=_asker(task), at=at)
    accounts = task.words["accounts"]
    near = customers.near(contact_id, accounts)
    subjects = {"contact": near, "held": held, "account": accounts, "call": calls}
    journal.blank(subjects, words.words, words.name)
    return True


_DONE = {Kind.ANONYMISE.value: "anonymised", Kind.ERASE.value: "erased"}
_PHASES: dict[str, Callable[[Task, datetime], bool]] = {
    "": _begin,
    "export": _export,
    "cases": _cases,
    "mail": _mail,
    "rest": _rest,
}


def _blank(task: Task) -> Blank:
    said: dict[str, Any] = task.words
    return Blank(
        tuple(said["names"]),
        tuple(said["addresses"]),
        tuple(said["numbers"]),
        tuple(said["parts"]),
        name=customers.nameless(int(task.contact_id or 0)),
        address=f"anonymised-{task.contact_id}@removed.invalid",
    )


def _asker(task: Task) -> By:
    if task.asked_by_id is None:
        return SYSTEM
    return By("user", task.asked_by_id, task.asked_name)


def _unused(names: Iterable[str], at: datetime) -> None:
    UnusedBlob.objects.bulk_create(
        [UnusedBlob(sha256=name, since=at) for name in names], ignore_conflicts=True
    )
