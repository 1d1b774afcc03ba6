"""The person of the desk whom a package names for an account."""

from typing import NamedTuple

from heliodesk.entitlements.pack.model import Pack
from heliodesk.oncall.queries import manager_of
from heliodesk.web.portal.door import as_desk
from heliodesk.web.translation import translated

#: Values of the matrix that promise somebody by name begin so.
_PROMISE = "named"


class Named(NamedTuple):
    """Whom to turn to, and what the package calls them."""

    label: str
    name: str
    email: str


def promised(pack: Pack, package: str) -> str:
    """What the package calls its named person; empty when it promises none."""
    for family in pack.families:
        for offering in family.offerings:
            cell = offering.cells.get(package)
            if cell and str(cell.value).startswith(_PROMISE):
                return cell.label or offering.label
    return ""


def of(pack: Pack, package: str, account_id: int) -> Named | None:
    """Who looks after this account, where its package promises somebody and somebody is named."""
    label = promised(pack, package)
    if not label:
        return None
    with as_desk():
        found = manager_of(account_id)
    return Named(translated(label), found.name, found.email) if found else None
