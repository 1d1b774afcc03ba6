"""Policy packs: imported and drafted by people, brought into force, laid aside."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from heliodesk.calendars import actions as calendars
from heliodesk.entitlements.contract_rules import Refused
from heliodesk.entitlements.models import PolicyPack, SupportContract
from heliodesk.entitlements.pack import editing
from heliodesk.entitlements.pack.editing import Value
from heliodesk.entitlements.pack.model import Pack
from heliodesk.entitlements.pack.reader import read_pack
from heliodesk.entitlements.pack.shipped import default_name, shipped_source
from heliodesk.journal.record import SYSTEM, By, Happening, record
from heliodesk.kernel import once

_LOCK = 0x9A0C


def activate_shipped(*, at: datetime) -> None:
    """Have the shipped sample pack in force when no pack is; at the first start."""
    with transaction.atomic():
        _lock()
        running = PolicyPack.objects.filter(state="active").first()
        if running is None:
            source = shipped_source(default_name())
            pack = read_pack(source, default_name())
            PolicyPack.objects.create(
                code=pack.code, version=1, state="active", source=source,
                created_at=at, created_by=SYSTEM.name, activated_at=at,
            )  # fmt: skip
        else:
            pack = read_pack(running.source, str(running))
        _keep_calendars(pack, by=SYSTEM, at=at)


@transaction.atomic
def import_pack(source: str, *, file: str, by: By, at: datetime) -> PolicyPack:
    """A pack from its YAML text, as a draft: the next version of its code.

    The same text again gives the row that holds it already.

    Raises:
        PackError: it cannot be used; every fault has file, line and reason.
    """
    pack = read_pack(source, file)
    _lock()
    same = PolicyPack.objects.filter(code=pack.code, source=source).exclude(state="retired")
    found = same.order_by("-version").first()
    return found or _new(pack.code, source, None, "imported", by=by, at=at)


@transaction.atomic
def draft_pack(base: PolicyPack, *, by: By, at: datetime) -> PolicyPack:
    """A draft that begins as a copy of another version."""
    _lock()
    return _new(base.code, base.source, base, "drafted", by=by, at=at)


@transaction.atomic
def write_draft(draft: PolicyPack, *, source: str, by: By, at: datetime) -> PolicyPack:
    """Give a draft another text.

    Raises:
        PackError: it cannot be used.
        Refused: the pack is no draft, or the text is of another pack.
    """
    row = _locked(draft)
    if row.state != "draft":
        raise Refused(f"{row} is not a draft. Make a draft of it and change that.")
    pack = read_pack(source, str(row))
    if pack.code != row.code:
        raise Refused(f"This text is pack {pack.code}, not {row.code}. Import it as a new pack.")
    row.source = source
    row.save(update_fields=["source"])
    _tell("written", row, by=by, at=at)
    return row


@transaction.atomic
def decide_cells(
    base: PolicyPack, values: Mapping[tuple[str, str], Value], *, by: By, at: datetime
) -> PolicyPack:
    """Say what unknown cells hold: in the draft given, else in a new draft of that pack (C28).

    Raises:
        Refused: there is no such cell, or nothing was decided.
        PackError: the pack cannot be used with these values.
    """
    decided = f"Decided by {by.name} on {at.date()}"
    return _edited(base, lambda text: editing.decide_cells(text, values, decided), by=by, at=at)


@transaction.atomic
def change_settings(
    base: PolicyPack, values: Mapping[str, Value], *, by: By, at: datetime
) -> PolicyPack:
    """Give settings other values: in the draft given, else in a new draft of that pack.

    Raises:
        Refused: there is no such setting, or nothing changes.
        PackError: the pack cannot be used with these values.
    """
    return _edited(base, lambda text: editing.set_settings(text, values), by=by, at=at)


def _edited(base: PolicyPack, edit: Callable[[str], str], *, by: By, at: datetime) -> PolicyPack:
    try:
        source = edit(base.source)
    except editing.NotThere as error:
        raise Refused(f"This pack cannot be changed so: {error}.") from error
    if source == base.source:
        raise Refused("Nothing was changed.")
    draft = base if base.state == "draft" else draft_pack(base, by=by, at=at)
    return write_draft(draft, source=source, by=by, at=at)


@transaction.atomic
def activate(draft: PolicyPack, *, accept_losses: bool = False, by: By, at: datetime) -> PolicyPack:
    """Bring a pack into force for new cases; running ones keep theirs (C36).

    Args:
        accept_losses: go on though running contracts hold packages that the pack lacks; their
            accounts fall back to the base rights.

    Raises:
        Refused: it is in force already, or contracts would lose their package.
        PackError: it cannot be used.
    """
    _lock()
    row = _locked(draft)
    if row.state == "active":
        raise Refused(f"{row} is in force already.")
    pack = read_pack(row.source, str(row))
    if pack.valid_until and pack.valid_until < at.date():
        raise Refused(
            f"{row} was valid until {pack.valid_until}. Make a draft of it with a later"
            " valid_until, or bring another pack into force."
        )
    if not accept_losses:
        _refuse_losses(pack, at)
    before = PolicyPack.objects.filter(state="active").first()
    PolicyPack.objects.filter(state="active").update(state="retired")
    row.state, row.activated_at = "active", at
    row.save(update_fields=["state", "activated_at"])
    once.forget()
    _keep_calendars(pack, by=by, at=at)
    _tell("activated", row, by=by, at=at, before=str(before) if before else None)
    return row


@transaction.atomic
def retire(draft: PolicyPack, *, by: By, at: datetime) -> PolicyPack:
    """Lay a draft aside.

    Raises:
        Refused: it is in force; bring another into force instead.
    """
    row = _locked(draft)
    if row.state == "active":
        raise Refused(f"{row} is in force. Bring another pack into force instead.")
    if row.state != "retired":
        row.state = "retired"
        row.save(update_fields=["state"])
        _tell("retired", row, by=by, at=at)
    return row


def lost_packages(pack: Pack, at: datetime) -> dict[str, int]:
    """Packages of contracts that run or will run, and that the pack lacks: how many of each."""
    known = {package.code for package in pack.packages}
    held = SupportContract.objects.exclude(ends_on__lte=at.date()).values_list("package", flat=True)
    lost: dict[str, int] = {}
    for code in held.exclude(package__in=known):
        lost[code] = lost.get(code, 0) + 1
    return lost


def _refuse_losses(pack: Pack, at: datetime) -> None:
    lost = lost_packages(pack, at)
    if lost:
        told = ", ".join(f"{count} of {code}" for code, count in sorted(lost.items()))
        raise Refused(
            f"Running contracts hold packages that {pack.code} does not have ({told}). Their "
            "accounts would fall back to the base rights: change the contracts first, or say "
            "that you accept it."
        )


def _keep_calendars(pack: Pack, *, by: By, at: datetime) -> None:
    for code, calendar in pack.calendars.items():
        country, subdivision = pack.holiday_places.get(code, ("", None))
        calendars.keep(calendar, country, subdivision or "", by=by, at=at)


def _new(
    code: str, source: str, base: PolicyPack | None, verb: str, *, by: By, at: datetime
) -> PolicyPack:
    last = PolicyPack.objects.filter(code=code).aggregate(last=Max("version"))["last"]
    row = PolicyPack.objects.create(
        code=code, version=(last or 0) + 1, source=source,
        made_from=base, created_at=at, created_by=by.name,
    )  # fmt: skip
    _tell(verb, row, by=by, at=at)
    return row


def _locked(pack: PolicyPack) -> PolicyPack:
    return PolicyPack.objects.select_for_update().get(pk=pack.pk)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


def _tell(verb: str, row: PolicyPack, *, by: By, at: datetime, **data: object) -> None:
    record([Happening(verb, "pack", row.pk, {"pack": str(row), **data})], by=by, at=at)
