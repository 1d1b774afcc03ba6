"""What customers read of incidents; the database's own wall holds back everything else."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from heliodesk.kernel import reading


class Known(NamedTuple):
    """An incident as customers read it."""

    number: int
    title: str
    stage: str
    opened_at: datetime
    resolved_at: datetime | None
    public: dict[str, str]
    intervals: dict[str, int]
    regions: list[str]
    #: When the customer of the case was last told.
    told_at: datetime | None = None

    def words(self, language: str) -> str:
        """What was published, in a language, else in that of most."""
        return self.public.get(language) or self.public.get("", "")


_COLUMNS = (
    "i.major_id, i.title, i.stage, i.opened_at, i.resolved_at, i.public, i.intervals, i.regions"
)
_PUBLISHED = f"""
select {_COLUMNS} from incidents_incident i
 where i.resolved_at is null and i.published_at is not null
   and (cardinality(i.regions) = 0 or %s = any(i.regions))
 order by i.major_id desc limit 5
"""
_OF_CASE = f"""
select {_COLUMNS}, l.told_at
  from incidents_linkedcase l join incidents_incident i on i.major_id = l.incident_id
 where l.case_id = %s and (i.published_at is not null or l.told_at is not null)
"""


def published(region: str) -> list[Known]:
    """The open incidents that a lead has published, for a region."""
    return reading.shaped(connection, Known, _PUBLISHED, [region])


def of_case(case_id: int) -> Known | None:
    """The incident of a case, once it is published or its customer was told of it."""
    found = reading.shaped(connection, Known, _OF_CASE, [case_id])
    return found[0] if found else None
