"""All that ever came in, and what became of each: so that nothing a customer sent is lost."""

from collections.abc import Sequence
from datetime import datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from typing import NamedTuple

from django.db import connection

from heliodesk.channels.models import Inbound
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.intake.access import held_condition
from heliodesk.kernel import reading

PAGE = 50
#: How many of the newest a search looks through.
SEARCHED = 200_000
#: How much of a message is read for its subject, in bytes.
_HEAD = 16_384
#: Views of the list: which states each holds.
VIEWS = {
    "all": "true",
    "unfiled": "i.state in ('waiting', 'duplicate', 'dropped', 'failed')",
}


class Received(NamedTuple):
    """One message, and what became of it."""

    id: int
    channel: str
    envelope_from: str
    recipients: Sequence[str]
    received_at: datetime
    size: int
    state: str
    error: str
    case_ref: str | None
    held_ref: str | None
    head: bytes

    @property
    def subject(self) -> str:
        """Its subject, as far as it can be read."""
        try:
            found = BytesHeaderParser().parsebytes(bytes(self.head))["subject"]
            return " ".join(str(make_header(decode_header(str(found or "")))).split())[:200]
        except (LookupError, ValueError, MessageError):
            return ""


_LIST = """
select i.id, i.channel, i.envelope_from, i.recipients, i.received_at, i.size, i.state, i.error,
       c.ref, h.ref, substring(i.raw for {head})
  from channels_inbound i
  left join channels_mailbox m on m.id = i.mailbox_id
  left join cases_case c on i.result_kind = 'case' and c.id = i.result_id
  left join intake_helditem h on i.result_kind = 'held' and h.id = i.result_id
 where {which} and {visible} {sought} {after}
 order by i.id desc limit %(size)s
"""
_SOUGHT = """and i.id > (select coalesce(max(id), 0) from channels_inbound) - %(searched)s
 and (strpos(lower(i.envelope_from), %(words)s) > 0 or strpos(lower(i.message_id), %(words)s) > 0
      or exists (select from unnest(i.recipients) r where strpos(lower(r), %(words)s) > 0))"""


def received(
    person: Person, *, view: str = "all", words: str = "", after: int | None = None
) -> list[Received]:
    """The next page, the latest first, and one beyond if there are more.

    Args:
        words: a part of an address or Message-ID; the newest ``SEARCHED`` are looked through.
        after: id of the last row already shown.
    """
    sql = _LIST.format(
        head=_HEAD,
        which=VIEWS[view],
        visible=_visible(person),
        sought=_SOUGHT if words else "",
        after="and i.id < %(after)s" if after else "",
    )
    values = {"size": PAGE + 1, "searched": SEARCHED, "words": words.lower(), "after": after}
    return reading.shaped(connection, Received, sql, values, prepare=False)


def raw_of(person: Person, inbound_id: int) -> bytes | None:
    """A message exactly as it arrived; none if there is none that this person may see."""
    sql = _LIST.format(head=1, which="i.id = %(id)s", visible=_visible(person), sought="", after="")
    if not reading.rows(connection, sql, {"id": inbound_id, "size": 1}):
        return None
    return bytes(Inbound.objects.values_list("raw", flat=True).get(pk=inbound_id))


def _visible(person: Person) -> str:
    """What is behind the offshore wall is seen only by those who may look behind it (C16)."""
    if not person.may(May.SEE_RAW_MAIL):
        return "false"
    if person.offshore:
        return "true"
    return (
        "m.offshore is not true and c.offshore is not true"
        f" and (h.id is null or ({held_condition(person)}))"
    )
