"""What customers read of calls: that somebody of theirs called about a case, and with whom they
spoke. The database's own wall holds back everything else.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from heliodesk.kernel import reading


class Called(NamedTuple):
    """A call of the account of a case."""

    at: datetime
    contact_id: int | None
    contact: str
    #: Who of the desk spoke with them; empty when nobody did.
    agent: str
    talked: int


_OF_CASE = """
select t.started_at, t.contact_id, coalesce(k.name, ''), coalesce(u.name, ''),
       coalesce(t.talked_seconds, 0)
  from telephony_call t join cases_case c on c.id = t.case_id and c.account_id = t.account_id
  left join customers_contact k on k.id = t.contact_id
  left join identity_user u on u.id = t.agent_id
 where t.case_id = %s and t.ended_at is not null
 order by t.id desc limit 50
"""


def calls_of(case_id: int) -> list[Called]:
    """The latest calls about a case that the caller has reached, by its own account; those that
    are over."""
    return reading.shaped(connection, Called, _OF_CASE, [case_id])
