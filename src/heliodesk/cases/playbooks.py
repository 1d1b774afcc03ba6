"""Checklists as an administrator sees them."""

from typing import NamedTuple

from django.db import connection

from heliodesk.cases.models import Checklist
from heliodesk.kernel import reading

#: Stands before a required step, where steps are written one a line.
REQUIRED = "*"


class Row(NamedTuple):
    """One checklist in the list of them."""

    id: int
    name: str
    kinds: list[str]
    priorities: list[str]
    automatic: bool
    holds: bool
    active: bool
    steps: int
    required: int


_ROWS = """
select l.id, l.name, l.kinds, l.priorities, l.automatic, l.holds, l.active,
       count(s.id), count(s.id) filter (where s.required)
from cases_checklist l left join cases_checkliststep s on s.checklist_id = l.id
group by l.id order by l.active desc, l.place, lower(l.name), l.id limit 200
"""


def everything() -> list[Row]:
    """All checklists, the retired ones last."""
    return reading.shaped(connection, Row, _ROWS)


def written(row: Checklist) -> str:
    """The steps of a checklist, one a line."""
    return "\n".join(
        f"{REQUIRED} {step.text}" if step.required else step.text for step in row.steps.all()
    )


def read(text: str) -> list[tuple[str, bool]]:
    """Steps as they are written, each with whether it is required."""
    lines = [line.strip() for line in text.splitlines()]
    return [
        (line.removeprefix(REQUIRED).strip(), line.startswith(REQUIRED)) for line in lines if line
    ]
