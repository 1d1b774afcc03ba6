"""What on-call does when something happens to a case."""

from heliodesk.journal.record import Follower

FOLLOWS: dict[tuple[str, str], Follower] = {}
