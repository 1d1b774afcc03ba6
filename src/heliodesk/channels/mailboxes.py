"""The desk's own addresses, read in one small statement a batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from heliodesk.channels.models import Mailbox
from heliodesk.kernel import sql


@dataclass(frozen=True, slots=True)
class MailboxFacts:
    """An address of the desk and the brand that answers from it."""

    id: int
    address: str
    aliases: tuple[str, ...]
    name: str
    region: str
    offshore: bool
    brand: str
    brand_color: str
    footer: str
    #: Where customers of this brand find the portal; empty is where the desk itself is.
    site: str = ""

    @property
    def home(self) -> str:
        """The address before the paths of links in letters, without a slash at its end."""
        return self.site or str(settings.BASE_URL)


_ALL = """
select id, lower(address), aliases, name, region, offshore, brand, brand_color, footer, site
  from channels_mailbox where active order by id
"""


def active_mailboxes() -> list[MailboxFacts]:
    """Every active mailbox, the oldest first."""
    with sql.prepared(connection) as cursor:
        cursor.execute(_ALL)
        return [
            MailboxFacts(row[0], row[1], tuple(a.lower() for a in row[2] or ()), *row[3:])
            for row in cursor.fetchall()
        ]


def every_mailbox() -> list[Mailbox]:
    """All mailboxes, those in use first, for the people who look after them."""
    return list(Mailbox.objects.order_by("-active", "address"))


def own_addresses(boxes: Iterable[MailboxFacts]) -> frozenset[str]:
    """All addresses of the desk, in lower case."""
    return frozenset(address for box in boxes for address in (box.address, *box.aliases))


def answering(
    boxes: Sequence[MailboxFacts], *, region: str, offshore: bool, written_to: int | None
) -> MailboxFacts | None:
    """The mailbox that answers an account: its region's, on its side of the boundary (R40, C16).

    Args:
        written_to: the mailbox that was written to; kept when it is of the right region or when
            the region has none of its own.
    """
    side = [box for box in boxes if box.offshore == offshore]
    own = [box for box in side if box.region == region]
    for choice in (own, side):
        for box in choice:
            if box.id == written_to:
                return box
        if choice:
            return choice[0]
    return boxes[0] if boxes and not offshore else None
