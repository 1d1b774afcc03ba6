"""``heliodesk mail ingest``: one message from standard input, for a mail server's pipe."""

import json
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

import click
import psycopg

from heliodesk.channels.arrivals import Arrival, keep
from heliodesk.config import environment
from heliodesk.config.cli.mail_boxes import Boxes, boxes
from heliodesk.config.cli.open import open_database, start_django
from heliodesk.kernel import clock
from heliodesk.kernel.text import storable

# The exit codes of sysexits.h, which mail servers understand.
DATA_ERROR, NO_USER, TRY_AGAIN = 65, 67, 75
FILED_WITHIN_SECONDS = 60.0


def ingest(mailbox: str, sender: str, recipients: Sequence[str], *, as_json: bool) -> int:
    """Take one message in, and return the exit code."""
    raw = sys.stdin.buffer.read()
    most = environment.number("HELIODESK_MAIL_MAX_BYTES", 25 * 2**20)
    if not raw.strip():
        return _refuse(DATA_ERROR, "There is no message on standard input.")
    if len(raw) > most:
        return _refuse(DATA_ERROR, f"The message has {len(raw)} bytes; the desk takes {most}.")
    try:
        number = _store(raw, mailbox, sender, recipients)
    except click.BadParameter as error:
        return _refuse(NO_USER, error.message)
    except (click.ClickException, psycopg.Error, OSError) as error:
        told = error.message if isinstance(error, click.ClickException) else str(error)
        return _refuse(TRY_AGAIN, f"Not taken in, please try again: {told}")
    if as_json:
        click.echo(json.dumps(_filed(number)))
    return 0


def _refuse(code: int, words: str) -> int:
    click.echo(words, err=True)
    return code


def _store(raw: bytes, mailbox: str, sender: str, recipients: Sequence[str]) -> int:
    """Make the message durable and return its number."""
    to = [storable(one) for one in recipients] or _told_by_server("ORIGINAL_RECIPIENT", "RECIPIENT")
    sent_by = [storable(sender)] if sender else _told_by_server("SENDER")
    with psycopg.connect(open_database(), autocommit=True, connect_timeout=10) as connection:
        known = boxes(connection)
        number = known.named(mailbox) if mailbox else _addressed(known, to)
        if number is None and recipients:
            raise click.BadParameter(f"{recipients[0]} is no address of the desk.")
        if number is None:
            number = known.of(raw)
        arrival = Arrival(
            mailbox_id=number,
            channel="pipe",
            at=clock.now(),
            raw=raw,
            sender=sent_by[0] if sent_by else "",
            recipients=tuple(dict.fromkeys(to)),
        )
        return keep(connection, [arrival])[0]


def _addressed(known: Boxes, to: Sequence[str]) -> int | None:
    ours = (known.addresses.mailbox(address) for address in to)
    return next((number for number in ours if number is not None), None)


def _told_by_server(*names: str) -> list[str]:
    """What the mail server says in the environment, the first of these names that is set."""
    values = (os.environ.get(name, "") for name in names)
    return [storable(value) for value in values if value][:1]


def _filed(number: int) -> dict[str, Any]:
    """What became of a stored message. It stays stored and waiting if filing takes too long."""
    start_django()
    from django.db import OperationalError, connection

    from heliodesk.channels.models import Inbound, InboundState
    from heliodesk.intake.pipeline import TryLater, file_waiting

    until = time.monotonic() + FILED_WITHIN_SECONDS
    row = Inbound.objects.defer("raw").get(pk=number)
    trouble = ""
    while row.state == InboundState.WAITING and time.monotonic() < until:
        try:
            if not file_waiting(at=clock.now(), ids=[number]):
                time.sleep(0.05)
            row.refresh_from_db(fields=["state", "result_kind", "result_id"])
        except (TryLater, OperationalError) as error:
            trouble = " ".join(str(error).split())
            connection.close()
            time.sleep(0.5)
    if row.state == InboundState.WAITING:
        click.echo(f"Stored, and not filed yet{trouble and ': '}{trouble}", err=True)
    return {
        "case": _reference(row, "case"),
        "held": _reference(row, "held"),
        "message": number,
        "duplicate": row.state == InboundState.DUPLICATE,
    }


def _reference(row: Any, kind: str) -> str | None:
    from heliodesk.cases.models import Case
    from heliodesk.intake.models import HeldItem

    model = Case if kind == "case" else HeldItem
    if row.result_kind != kind or row.result_id is None:
        return None
    found = model.objects.filter(pk=row.result_id).values_list("ref", flat=True).first()
    return str(found) if found else None
