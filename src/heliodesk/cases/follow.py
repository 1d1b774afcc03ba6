"""What open cases do when something happens to their account."""

from collections.abc import Sequence

from heliodesk.cases.actions import repackage
from heliodesk.journal.record import Follower, Recorded


def package_changed(events: Sequence[Recorded]) -> None:
    """A package that counts at once counts for the cases that are open, too."""
    for event in events:
        data = event.data
        repackage(
            event.subject_id, package=data["after"], rank=data["rank"], by=event.by, at=event.at
        )


FOLLOWS: dict[tuple[str, str], Follower] = {("account", "package_changed"): package_changed}
