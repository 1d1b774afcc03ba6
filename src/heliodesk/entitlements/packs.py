"""The policy in force: the active pack of the database, ready for deciding."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.db import connection

from heliodesk.calendars import book
from heliodesk.entitlements.pack.model import Pack
from heliodesk.entitlements.pack.reader import read_pack
from heliodesk.entitlements.policy import Policy
from heliodesk.kernel import once, reading, sql


class NoActivePack(Exception):
    """No policy pack is active; ``heliodesk db migrate`` activates the shipped one."""


@dataclass(frozen=True)
class ActivePack:
    """The pack in force, by the row that holds it."""

    id: int
    code: str
    version: int
    policy: Policy


_ACTIVE = f"""
select id, code, version, ({book.STAMP}) as stamp
  from entitlements_policypack where state = 'active'
"""
#: Columns of the pack in force, which another statement can bring along for ``know``.
COLUMNS = 4


def active() -> ActivePack:
    """The pack in force now; one small statement a request, pack and calendars are read when they
    change.

    Raises:
        NoActivePack: none is active yet.
    """
    rows = once.rows(connection, _ACTIVE)
    if not rows:
        raise NoActivePack("No policy pack is active. Run `heliodesk db migrate` first.")
    id, code, version, stamp = rows[0]
    once.know(book.STAMP, [(stamp,)])
    return ActivePack(id, code, version, policy_of(id, stamp))


def beside(sql: str) -> str:
    """A statement with the pack in force beside each row, in the last ``COLUMNS`` columns."""
    return f"select w.*, p.* from ({sql}) w left join ({_ACTIVE}) p on true"


def know(columns: tuple[Any, ...]) -> None:
    """Keep for this request what such a statement brought along."""
    once.know(_ACTIVE, [columns] if columns[0] is not None else [])


@lru_cache(maxsize=16)
def policy_of(pack_id: int, stamp: int) -> Policy:
    """The policy of a pack that is or was in force, with the calendars as of ``book.stamp()``."""
    return Policy(with_calendars(pack_of(pack_id), stamp))


@lru_cache(maxsize=16)
def pack_of(pack_id: int) -> Pack:
    """The pack of a row that is no draft: its source never changes."""
    with sql.prepared(connection) as cursor:
        cursor.execute(
            "select code, version, source from entitlements_policypack where id = %s", [pack_id]
        )
        code, version, source = cursor.fetchone()
    return read_pack(source, f"{code} v{version}")


@lru_cache(maxsize=16)
def name_of(pack_id: int) -> str:
    """A pack's code and version, as people write it."""
    rows = reading.rows(
        connection, "select code, version from entitlements_policypack where id = %s", [pack_id]
    )
    return f"{rows[0][0]} v{rows[0][1]}" if rows else ""


def with_calendars(pack: Pack, stamp: int) -> Pack:
    """A pack with the desk's own calendars in place of those of the same code."""
    kept = book.calendars(stamp)
    own = {code: kept[code].calendar for code in pack.calendars if code in kept}
    return replace(pack, calendars={**pack.calendars, **own})
