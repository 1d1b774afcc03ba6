"""The demo vendor's policy: the shipped sample, in the vendor's own name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from heliodesk.entitlements.actions import activate, import_pack
from heliodesk.entitlements.pack.shipped import default_name, shipped_source
from heliodesk.journal.record import SYSTEM


def bring_into_force(world: Mapping[str, Any], *, at: datetime) -> None:
    """Have the vendor's own pack in force: its names and addresses instead of the sample's."""
    source = shipped_source(default_name())
    for theirs, own in world["policy"].items():
        source = source.replace(theirs, own)
    activate(import_pack(source, file="larkspur.yaml", by=SYSTEM, at=at), by=SYSTEM, at=at)
