"""What threads do when something happens to a case."""

from collections.abc import Sequence

from django.db import connection

from heliodesk.cases.rules import Verb
from heliodesk.journal.record import Follower, Recorded

_MOVE = """
update intake_threadkey set case_id = %s where case_id = %s and key in (
    select m.message_id from cases_message m where m.id = any(%s) and m.message_id <> '')
and not exists (select from intake_threadkey t where t.key = intake_threadkey.key
                and t.case_id = %s)
"""


def split(events: Sequence[Recorded]) -> None:
    """Who answers a message that went to another case is heard there."""
    with connection.cursor() as cursor:
        for event in events:
            into = event.data["into_id"]
            cursor.execute(_MOVE, [into, event.subject_id, event.data["moved"], into])


FOLLOWS: dict[tuple[str, str], Follower] = {("case", Verb.SPLIT): split}
