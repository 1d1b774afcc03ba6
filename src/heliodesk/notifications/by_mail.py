"""Notices that somebody at the desk wants by mail, too: written as outbound rows."""

from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from heliodesk.channels import outgoing, threading_ids
from heliodesk.channels.mailboxes import active_mailboxes, answering
from heliodesk.channels.outgoing import OutboundDraft
from heliodesk.identity.boundary import INSIDE
from heliodesk.journal.record import Recorded
from heliodesk.kernel import reading
from heliodesk.kernel.references import spoken
from heliodesk.kernel.text import one_line

KIND = "notice"
#: Those of these people who want this kind by mail and may see the case.
_WHO = f"""
select u.id, u.email, c.ref, c.title, c.priority, a.name, a.region, c.offshore, c.mailbox_id
from cases_case c
join customers_account a on a.id = c.account_id
join identity_user u on u.id = any(%s::bigint[]) and u.is_active and u.role <> 'contact'
    and %s = any(u.mailed) and (not c.offshore or {INSIDE})
where c.id = %s order by u.id
"""


class _Reader(NamedTuple):
    id: int
    address: str
    ref: str
    title: str
    priority: str
    account: str
    region: str
    offshore: bool
    mailbox_id: int | None


def mail_about(
    user_ids: Sequence[int], event: Recorded, *, kind: str, subject: str, words: str
) -> int:
    """Mail what happened to a case to those who want such notices by mail; how many mails there
    are.

    Args:
        kind: the kind of notice, as people choose among them.
        subject: before the reference and the title; words: what happened, in a sentence.
    """
    wanted = [list(user_ids), kind, event.subject_id]
    readers = reading.shaped(connection, _Reader, _WHO, wanted)
    boxes, drafts = active_mailboxes(), []
    for one in readers:
        box = answering(boxes, region=one.region, offshore=one.offshore, written_to=one.mailbox_id)
        if box and outgoing.is_address(one.address):
            domain = box.address.rpartition("@")[2]
            drafts.append(
                OutboundDraft(
                    key=f"notice:{event.id}:{one.id}",
                    mailbox_id=box.id,
                    kind=KIND,
                    subject_kind="notice",
                    subject_id=event.subject_id,
                    automatic=True,
                    to=[one.address],
                    from_address=box.address,
                    from_name=box.name,
                    subject=one_line(f"{subject}: {spoken(one.ref)} {one.title}", 250),
                    text=_text(one, words),
                    message_id=threading_ids.message_id(KIND, f"e{event.id}u{one.id}", domain),
                )
            )
    return len(outgoing.write(drafts, at=event.at))


def _text(one: _Reader, words: str) -> str:
    return (
        f"{words}\n\n"
        f"{one.priority}, {one.account}\n{spoken(one.ref)} {one.title}\n"
        f"{settings.BASE_URL}/cases/{one.ref}/\n\n"
        "Work on it there: an answer to this mail does not answer the customer.\n"
        f"Which notices come by mail: {settings.BASE_URL}/notices/mail/\n"
    )
