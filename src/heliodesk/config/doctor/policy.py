"""The policy: is one in force, is it the vendor's own, and has somebody looked at its guesses?"""

from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError

from heliodesk.calendars.queries import to_confirm
from heliodesk.config.doctor.finding import Finding, doubtful, wrong
from heliodesk.entitlements import actions, packs
from heliodesk.entitlements.packs import ActivePack
from heliodesk.kernel import clock


def look() -> Iterator[Finding]:
    """Look at the pack in force as at a set-up."""
    try:
        active = packs.active()
        yield from _of(active)
        yield from _holidays()
    except packs.NoActivePack:
        yield wrong("No policy pack is in force.", "Run: heliodesk db migrate")
    except DatabaseError:
        return  # the check of the database says so


def _of(active: ActivePack) -> Iterator[Finding]:
    pack, now = active.policy.pack, clock.now()
    name = f"{active.code} v{active.version}"
    unknown = len(pack.to_review())
    if unknown:
        yield doubtful(
            f"{unknown} cells of {name} are unknown and taken as guessed.",
            "Decide them on the page Policy, To review.",
        )
    if pack.sample and settings.MAIL_OUTBOUND != "capture":
        yield doubtful(
            f"{name} is a sample, and mail goes out: it names addresses and numbers of others.",
            "Import a pack of your own: heliodesk policy import FILE --activate",
        )
    if pack.valid_until and pack.valid_until < now.date():
        yield doubtful(
            f"{name} was valid until {pack.valid_until}; it still decides.",
            "Bring its successor into force: heliodesk policy activate CODE",
        )
    lost = actions.lost_packages(pack, now)
    if lost:
        told = ", ".join(f"{count} of {code}" for code, count in sorted(lost.items()))
        yield doubtful(
            f"Contracts hold packages that {name} does not have: {told}.",
            "Their accounts have the base rights. Change the contracts, or the pack.",
        )


def _holidays() -> Iterator[Finding]:
    waiting = to_confirm()
    if waiting:
        told = ", ".join(f"{code} {many}" for code, many in waiting)
        yield doubtful(
            f"Holidays that nobody has confirmed count as closed: {told}.",
            "Look at them on the page Policy, Calendars.",
        )
