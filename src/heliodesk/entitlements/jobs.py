"""Background work of the room."""

from datetime import datetime

from heliodesk.entitlements.actions import warn_of_ends


def warn_of_ending_contracts(at: datetime) -> int:
    """Tell the desk of contracts that run out and that nothing follows."""
    return warn_of_ends(at)
