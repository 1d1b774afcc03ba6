"""What pagers do again and again; each a few statements over rows that are due."""

import os
import socket
from datetime import datetime
from typing import NamedTuple

import httpx
from django.conf import settings
from django.db import connection, transaction

from heliodesk.channels import outgoing, threading_ids
from heliodesk.channels.mailboxes import active_mailboxes
from heliodesk.channels.outgoing import OutboundDraft
from heliodesk.channels.sending import send_due
from heliodesk.identity.models import User
from heliodesk.kernel import reading
from heliodesk.oncall import queries
from heliodesk.oncall.actions import alarms, handing_over, paging, planning, standing_in, watching
from heliodesk.oncall.rules.words import Purpose


class Due(NamedTuple):
    """The database's time, and what is due by it."""

    at: datetime
    step: bool
    contact: bool


_DUE = """
select t.at,
    exists (select from oncall_p1 where state = 'triggered' and follows_id is null
             and next_due_at <= t.at),
    exists (select from oncall_p1 where state = 'acked' and follows_id is null
             and contact_due_at <= t.at)
from (select clock_timestamp() as at) t
"""


def sweep() -> int:
    """Fire the steps that are due by the database's clock; how much was done."""
    due = reading.shaped(connection, Due, _DUE)[0]
    done = paging.fire_due(due.at) if due.step else 0
    return done + (paging.chase_contact(due.at) if due.contact else 0)


def sweep_handovers() -> int:
    """Ask for the handovers that are due, and page where nobody accepted one in time."""
    at = queries.database_time()
    return handing_over.ask_due(at) + handing_over.chase_late(at)


def plan_ahead(at: datetime) -> int:
    """Make the shifts of the coming days and look for gaps; end swaps that came to nothing."""
    return planning.plan_ahead(at) + standing_in.expire_swaps(at)


def name_of(part: str) -> str:
    """What a pager calls itself: the machine, and which part of the desk it is."""
    return f"{socket.gethostname()}/{part}"


def tell_outside(name: str) -> None:
    """Show the watchman outside that pages can go out; silence is the alarm (G10)."""
    if not settings.HEARTBEAT_URL:
        return
    error = ""
    try:
        answer = httpx.get(settings.HEARTBEAT_URL, timeout=5.0, params={"from": name})
        answer.raise_for_status()
    except httpx.HTTPError as trouble:
        error = f"{type(trouble).__name__}: {trouble}"
    watching.told_outside(name, error)


def alarm_of_silence() -> int:
    """Tell those responsible that one of several pagers has gone silent; once a day each."""
    at = queries.database_time()
    gone = queries.silent(queries.beats())
    for beat in gone:
        paging.message(
            key=f"silent:{beat.name}:{at:%Y%m%d}",
            purpose=Purpose.ALARM,
            people=alarms.responsible(at),
            channels=paging.QUIET,
            subject=f"The pager {beat.name} is silent",
            text=f"The pager {beat.name} has not shown itself for {beat.seconds:.0f} seconds. "
            f"Others go on; look at {settings.BASE_URL}/on-call/ and start it again.",
            p1=None,
            at=at,
        )
    return len(gone)


def mail_of_dead_pagers(at: datetime) -> bool:
    """When no pager lives, mail the duty manager from here, since nobody else would (G10).

    For a process that is no pager; asked every few seconds, it mails once for each silence.
    """
    beats = queries.beats()
    if not queries.paging_is_dead(beats):
        return False
    boxes, people = active_mailboxes(), alarms.responsible(at)
    addresses = list(User.objects.filter(pk__in=people).values_list("email", flat=True))
    if not boxes or not addresses:
        return True
    box, last = boxes[0], at.timestamp() - min(beat.seconds for beat in beats)
    key = f"pagers-dead:{round(last / 30)}"
    with transaction.atomic():
        written = outgoing.write(
            [
                OutboundDraft(
                    key=key,
                    mailbox_id=box.id,
                    kind="page",
                    subject_kind="oncall",
                    subject_id=0,
                    automatic=True,
                    to=addresses,
                    from_address=box.address,
                    from_name=box.name,
                    subject="No pages are going out",
                    text="No pager of the desk has shown itself for half a minute: a P1 would "
                    f"page nobody. Start the desk's worker, and watch {settings.BASE_URL}/p1/ "
                    "until it is back.\n",
                    message_id=threading_ids.message_id(
                        "page", f"dead{os.getpid()}", box.address.rpartition("@")[2]
                    ),
                )
            ],
            at=at,
        )
    if written:
        send_due(at)
    return True
