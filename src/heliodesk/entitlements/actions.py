"""Bring policy packs into force."""

from datetime import datetime

from django.db import connection, transaction

from heliodesk.entitlements.models import PolicyPack
from heliodesk.entitlements.pack.reader import read_pack
from heliodesk.entitlements.pack.shipped import default_name, shipped_source

_LOCK = 0x9A0C


def activate_shipped(*, at: datetime) -> None:
    """Have the shipped sample pack in force when no pack is; at the first start."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        if PolicyPack.objects.filter(state="active").exists():
            return
        source = shipped_source(default_name())
        read_pack(source, default_name())
        PolicyPack.objects.create(
            code=default_name(),
            version=1,
            state="active",
            source=source,
            created_at=at,
            created_by="Heliodesk",
            activated_at=at,
        )
