"""Every verb on policy packs and contracts. These are the only writers of the room's tables."""

from heliodesk.entitlements.actions.contracts import (
    end,
    open_contract,
    renew,
    upgrade,
    warn_of_ends,
    withdraw,
)
from heliodesk.entitlements.actions.packs import (
    activate,
    activate_shipped,
    change_settings,
    decide_cells,
    draft_pack,
    import_pack,
    lost_packages,
    retire,
    write_draft,
)

__all__ = [
    "activate",
    "activate_shipped",
    "change_settings",
    "decide_cells",
    "draft_pack",
    "end",
    "import_pack",
    "lost_packages",
    "open_contract",
    "renew",
    "retire",
    "upgrade",
    "warn_of_ends",
    "withdraw",
    "write_draft",
]
