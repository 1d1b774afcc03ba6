"""Which package each account of a batch holds on a day, and since when not any more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection

from heliodesk.kernel import sql


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """The contract that counts for an account on a day: the running one, else the last."""

    #: Code of the package, None for the base.
    package: str | None = None
    #: Days since the contract ended; 0 while it runs.
    expired_days: int = 0
    grace_days: int | None = None


_LATEST = """
select distinct on (account_id)
       account_id, package, greatest(0, %(on)s::date - ends_on + 1), grace_days
  from entitlements_supportcontract
 where account_id = any(%(ids)s::bigint[]) and starts_on <= %(on)s
 order by account_id, starts_on desc
"""


def packages_of(account_ids: Collection[int], on: date) -> dict[int, PackageFacts]:
    """The package of each account, in one statement; accounts without a contract are left out."""
    if not account_ids:
        return {}
    with sql.prepared(connection) as cursor:
        cursor.execute(_LATEST, {"ids": sorted(account_ids), "on": on})
        return {
            id: PackageFacts(package, days or 0, grace)
            for id, package, days, grace in cursor.fetchall()
        }
