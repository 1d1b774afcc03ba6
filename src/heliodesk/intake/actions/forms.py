"""Take in what a web form sent: made durable like a mail, and filed at once where that can be."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from heliodesk.channels.arrivals import STORE, Arrival, parameters
from heliodesk.channels.models import Inbound, InboundState
from heliodesk.intake.form import CHANNEL, File, Submission, written
from heliodesk.intake.pipeline import TryLater, file_waiting
from heliodesk.kernel import sql

#: How long a sender waits for the reference while another process files the form, in seconds.
_PATIENCE = 3.0
_LOOK = 0.05


@dataclass(frozen=True)
class Taken:
    """A form that is safe. ``kind`` and ``id`` name the case or held item once it is filed."""

    inbound_id: int
    state: str
    kind: str = ""
    id: int = 0

    @property
    def filed(self) -> bool:
        """Whether it became something by now."""
        return self.state != InboundState.WAITING


def take_form(
    form: Submission,
    files: Sequence[File],
    *,
    key: str,
    mailbox_id: int | None,
    to: str,
    peer: str = "",
    at_once: bool = True,
    at: datetime,
) -> Taken:
    """Keep a form and file it by the rules that hold for mail; the same key is the same form.

    Args:
        key: of the page that was sent; sent twice it makes one case.
        mailbox_id: the mailbox that answers, with its address ``to``.
        peer: the network address it came from, which bounds how often it may.
        at_once: file it before answering; else the worker does, so that the time it takes tells
            nobody what became of it.
    """
    raw = written(form, files, key=key, to=to, at=at)
    arrival = Arrival(
        mailbox_id=mailbox_id,
        channel=CHANNEL,
        at=at,
        raw=raw,
        sender=form.address,
        recipients=(to,) if to else (),
        peer=peer,
        source_key=source_key(key),
    )
    with sql.prepared(connection) as cursor:
        cursor.execute(STORE, parameters([arrival]))
        row = cursor.fetchone()
    if row and not at_once:
        return Taken(row[0], InboundState.WAITING)
    if row:
        # It is safe by now; where it cannot be filed, the worker does so as soon as it can.
        with suppress(TryLater):
            file_waiting(at=at, ids=[row[0]], most=1)
    return what_became_of(key)


def source_key(key: str) -> str:
    """The inbound row's key of a form's."""
    return f"{CHANNEL}:{key}"


def what_became_of(key: str) -> Taken:
    """What a form with this key became; waits a moment while another process is filing it.

    Raises:
        Inbound.DoesNotExist: no form with this key was taken.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        row = Inbound.objects.only("id", "state", "result_kind", "result_id").get(
            source_key=source_key(key)
        )
        if row.state != InboundState.WAITING or time.monotonic() > end:
            return Taken(row.pk, row.state, row.result_kind, row.result_id or 0)
        time.sleep(_LOOK)
