"""Reads of retention, holds and tasks; dry runs, which count and change nothing."""

from datetime import UTC, datetime
from typing import NamedTuple

from heliodesk.cases import forgetting as cases
from heliodesk.channels import forgetting as channels
from heliodesk.customers.actions.forgetting import roles_today
from heliodesk.customers.models import Contact
from heliodesk.customers.rules import RoleKind
from heliodesk.entitlements.facts import packages_of
from heliodesk.journal import forgetting as journal
from heliodesk.privacy.models import Hold, Retention, Task
from heliodesk.privacy.rules import KEPT, About, Keep, Kind, Obstacle, boundary
from heliodesk.telephony import forgetting as telephony

#: A dry run counts to here.
MOST_COUNTED = 10_000
#: Mails that a dry run looks at; they are the oldest.
_MOST_MAILS = 50_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMED = {RoleKind.DESIGNATED, RoleKind.ADMIN}


class Kept(NamedTuple):
    """A kind of record, and how long it is kept."""

    keep: Keep
    about: About
    row: Retention


def kept() -> list[Kept]:
    """Every kind of record."""
    rows = {row.keep: row for row in Retention.objects.all()}
    return [
        Kept(keep, about, rows.get(keep) or Retention(keep=keep)) for keep, about in KEPT.items()
    ]


def row_of(keep: Keep) -> Retention:
    """How long this kind is kept."""
    return Retention.objects.filter(keep=keep).first() or Retention(keep=keep)


def holds() -> list[Hold]:
    """Legal holds in force, the latest first."""
    return list(Hold.objects.filter(lifted_at__isnull=True).order_by("-put_at")[:200])


def spared() -> cases.Spared:
    """What legal holds keep as it is."""
    found: dict[str, list[int]] = {"case": [], "account": [], "contact": []}
    rows = Hold.objects.filter(lifted_at__isnull=True)
    for kind, id in rows.values_list("subject_kind", "subject_id"):
        found[kind].append(id)
    return cases.Spared(tuple(found["case"]), tuple(found["account"]), tuple(found["contact"]))


def would_go(keep: Keep, months: int, at: datetime) -> int:
    """How many records would go now, counted to ``MOST_COUNTED``; nothing is changed."""
    before, row = boundary(months, at), row_of(keep)
    if keep is Keep.CASES:
        since = row.through_at or EPOCH
        return len(cases.old(before, since, spared(), most=MOST_COUNTED))
    if keep is Keep.RAW_MAIL:
        ids = channels.raw_before(before, row.through_id, most=_MOST_MAILS)
        return min(MOST_COUNTED, len(ids) - len(cases.spared_mails(ids, spared())))
    if keep is Keep.CALLS:
        return len(telephony.before(before, 0, most=MOST_COUNTED, spared=spared()))
    return 0 if any_hold() else journal.older(before, most=MOST_COUNTED)


def any_hold() -> bool:
    """Whether a legal hold is in force."""
    return Hold.objects.filter(lifted_at__isnull=True).exists()


def tasks(*, most: int = 50) -> list[Task]:
    """What is being done and was done lately, the latest first; without archives."""
    rows = Task.objects.select_related("contact").defer("archive", "words", "case_ids")
    return list(rows.order_by("-id")[:most])


def tasks_of(contact_id: int, *, most: int = 20) -> list[Task]:
    """What is being done and was done for a contact, the latest first; without archives."""
    rows = Task.objects.filter(contact_id=contact_id).defer("archive", "words", "case_ids")
    return list(rows.order_by("-id")[:most])


def task_of(contact_id: int, id: int) -> Task | None:
    """One thing done for a contact; without its archive."""
    return Task.objects.filter(contact_id=contact_id, pk=id).defer("archive").first()


def forgotten(contact_id: int) -> bool:
    """Whether a contact was anonymised or erased."""
    kinds = [Kind.ANONYMISE.value, Kind.ERASE.value]
    return Task.objects.filter(contact_id=contact_id, kind__in=kinds, state="done").exists()


def obstacles(contact: Contact, at: datetime) -> list[Obstacle]:
    """Why this contact cannot be anonymised or erased now; none when they can."""
    found = []
    roles = roles_today(contact.pk, at.date())
    accounts = {role.account_id: role.account.name for role in roles}
    hold = spared()
    if contact.pk in hold.contacts or set(accounts) & set(hold.accounts):
        found.append(
            Obstacle("hold", "A legal hold keeps what is about them; it must be lifted first.")
        )
    open_refs = cases.open_of(contact.pk)
    if open_refs:
        listed = ", ".join(open_refs[:5]) + ("…" if len(open_refs) > 5 else "")
        found.append(Obstacle("open_case", f"Cases of theirs are open; close them first: {listed}"))
    named = {role.account_id for role in roles if role.kind in _NAMED}
    for id in sorted(set(packages_of(sorted(named), at.date()))):
        found.append(
            Obstacle(
                "open_contract",
                f"{accounts[id]} has a running contract that names them; "
                "end their role there, or name somebody else, first.",
            )
        )
    return found
