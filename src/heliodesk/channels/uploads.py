"""Files on their way: kept beside a form until it is sent, forgotten when it never is."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from heliodesk.channels.models import Inbound, Upload
from heliodesk.kernel.text import one_line, storable

#: A form that is not sent by then has lost its files.
KEPT = timedelta(hours=24)
_HOUR = timedelta(hours=1)
_USUAL_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Kept:
    """A file of a form that is not yet sent."""

    token: str
    name: str
    content_type: str
    size: int
    data: bytes = field(repr=False, default=b"")


def keep(*, form: str, peer: str, name: str, content_type: str, data: bytes, at: datetime) -> Kept:
    """Keep a file for a form."""
    row = Upload.objects.create(
        token=secrets.token_hex(16),
        form=form,
        peer=peer[:100],
        name=one_line(storable(name), 180) or "file",
        content_type=(content_type or _USUAL_TYPE)[:127],
        size=len(data),
        data=data,
        at=at,
    )
    return Kept(row.token, row.name, row.content_type, row.size)


def listed(form: str, tokens: Collection[str]) -> list[Kept]:
    """These files of a form, without their bytes, in the order in which they came."""
    rows = Upload.objects.filter(form=form, token__in=tokens).defer("data").order_by("id")
    return [Kept(row.token, row.name, row.content_type, row.size) for row in rows]


def taken(form: str, tokens: Collection[str]) -> list[Kept]:
    """These files of a form with their bytes."""
    rows = Upload.objects.filter(form=form, token__in=tokens).order_by("id")
    return [Kept(row.token, row.name, row.content_type, row.size, bytes(row.data)) for row in rows]


def room(form: str) -> tuple[int, int]:
    """How many files a form has, and their bytes."""
    sizes = list(Upload.objects.filter(form=form).values_list("size", flat=True))
    return len(sizes), sum(sizes)


def drop(form: str, *tokens: str) -> None:
    """Take files out of their form."""
    Upload.objects.filter(form=form, token__in=tokens).delete()


def done(form: str) -> None:
    """Forget the files of a form that was sent."""
    Upload.objects.filter(form=form).delete()


def forget_old(*, at: datetime) -> int:
    """Forget the files of forms that were never sent."""
    return Upload.objects.filter(at__lt=at - KEPT).delete()[0]


def recent_uploads(peer: str, *, at: datetime) -> int:
    """How many files came from a network address in the last hour."""
    return Upload.objects.filter(peer=peer, at__gt=at - _HOUR).count()


@dataclass(frozen=True)
class Flood:
    """How many forms came in the last hour: in all, from one network address, for one sender."""

    everybody: int
    peer: int
    sender: int


def flood(peer: str, sender: str, *, at: datetime) -> Flood:
    """What came by form lately, as far as it bounds what may still come."""
    recent = Inbound.objects.filter(channel="web", received_at__gt=at - _HOUR)
    rows = list(recent.values_list("peer", "envelope_from")[:5000])
    return Flood(
        everybody=len(rows),
        peer=sum(1 for from_peer, _ in rows if from_peer == peer),
        sender=sum(1 for _, address in rows if address.lower() == sender.lower()),
    )
