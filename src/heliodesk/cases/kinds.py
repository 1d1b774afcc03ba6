"""What kinds of case there are: those of the policy, and those that an administrator adds."""

import time
from typing import NamedTuple

from django.db import connection

from heliodesk.entitlements.request import CaseType
from heliodesk.kernel import reading

#: The kinds that the policy knows.
OF_POLICY = tuple(kind.value for kind in CaseType)
#: Names older than this many seconds are read again.
_FRESH_SECONDS = 5.0


class Kind(NamedTuple):
    """A kind of case that the desk added."""

    id: int
    code: str
    name: str
    #: The kind of the policy by which such cases are entitled, timed and routed.
    treated_as: str
    active: bool
    #: Customers may choose it on their forms.
    for_customers: bool


_KINDS = """
select id, code, name, treated_as, active, for_customers from cases_casetype
order by active desc, place, lower(name), id limit 200
"""
_kept: tuple[float, list[Kind]] = (-_FRESH_SECONDS, [])


def added() -> list[Kind]:
    """The kinds that the desk added, the retired ones last."""
    return reading.shaped(connection, Kind, _KINDS)


def offered() -> list[str]:
    """The codes of all kinds that a case may be given."""
    return [*OF_POLICY, *(kind.code for kind in added() if kind.active)]


def for_customers() -> list[Kind]:
    """The added kinds that customers may choose when they raise a case, a few seconds old."""
    return [kind for kind in _recent() if kind.active and kind.for_customers]


def name(code: str) -> str:
    """The name of an added kind, a few seconds old at most; empty for those of the policy."""
    return next((kind.name for kind in _recent() if kind.code == code), "")


def treated_as(code: str) -> str:
    """The kind of the policy that counts for cases of this kind."""
    if code in OF_POLICY:
        return code
    known = (kind.treated_as for kind in added() if kind.code == code)
    return next(known, CaseType.TECHNICAL.value)


def forget() -> None:
    """Read the names again at the next look."""
    global _kept
    _kept = (-_FRESH_SECONDS, [])


def _recent() -> list[Kind]:
    global _kept
    moment = time.monotonic()
    if moment - _kept[0] > _FRESH_SECONDS:
        _kept = (moment, added())
    return _kept[1]
