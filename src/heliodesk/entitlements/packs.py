"""The policy in force: the active pack of the database, ready for deciding."""

from dataclasses import dataclass
from functools import lru_cache

from django.db import connection

from heliodesk.entitlements.pack.reader import read_pack
from heliodesk.entitlements.policy import Policy


class NoActivePack(Exception):
    """No policy pack is active; ``heliodesk db migrate`` activates the shipped one."""


@dataclass(frozen=True)
class ActivePack:
    """The pack in force, by the row that holds it."""

    id: int
    code: str
    version: int
    policy: Policy


def active() -> ActivePack:
    """The pack in force now; one small statement, the pack itself is read once a process.

    Raises:
        NoActivePack: none is active yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, code, version from entitlements_policypack where state = 'active'"
        )
        row = cursor.fetchone()
    if row is None:
        raise NoActivePack("No policy pack is active. Run `heliodesk db migrate` first.")
    id, code, version = row
    return ActivePack(id, code, version, policy_of(id))


@lru_cache(maxsize=8)
def policy_of(pack_id: int) -> Policy:
    """The policy of a pack's row; a row's source never changes once it is not a draft."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select code, version, source from entitlements_policypack where id = %s", [pack_id]
        )
        code, version, source = cursor.fetchone()
    return Policy(read_pack(source, f"{code} v{version}"))
