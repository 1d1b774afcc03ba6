"""The brand a customer meets: the name, colour and addresses of their region's mailbox."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from heliodesk.channels.mailboxes import MailboxFacts, active_mailboxes, answering

_FRESH_SECONDS = 20.0
_COLOR = re.compile(r"#[0-9a-f]{6}", re.I)
_USUAL_COLOR = "#2456c9"
_NAME = "Support"
#: Contrast of white text on a colour below which dark text is better.
_READABLE = 4.5
_read: tuple[float, list[MailboxFacts]] = (-_FRESH_SECONDS, [])


@dataclass(frozen=True)
class Brand:
    """Who the vendor is to this customer. ``mailbox_id`` answers what they send."""

    name: str
    support: str
    address: str
    color: str
    #: White or near black, whichever is read better on the colour.
    ink: str
    footer: str
    region: str
    mailbox_id: int | None
    #: The address before the paths of links in its letters, without a slash at its end.
    home: str

    @property
    def letter(self) -> str:
        """The first letter, for the mark."""
        return self.name[:1].upper()


def of_region(region: str, *, offshore: bool = False) -> Brand:
    """The brand of a region, on its side of the data boundary (C16)."""
    return _brand(answering(_boxes(), region=region, offshore=offshore, written_to=None))


def of_endpoint(address: str) -> Brand | None:
    """The brand whose mailbox has this address; none if no mailbox has."""
    box = next((box for box in _boxes() if address.lower() in (box.address, *box.aliases)), None)
    return _brand(box) if box else None


def of_host(host: str) -> Brand | None:
    """The brand of a host name: of the mailbox whose portal is there, else of the one at its
    domain, or at the nearest one above.

    None when no mailbox has such a name, or when those of several regions share it.
    """
    boxes = _boxes()
    living = [box for box in boxes if box.site and urlsplit(box.site).hostname == host]
    if living:
        return _only(living)
    domains = {box.address.rpartition("@")[2] for box in boxes}
    found = [one for one in domains if host == one or host.endswith(f".{one}")]
    if not found:
        return None
    named = [box for box in boxes if box.address.endswith(f"@{max(found, key=len)}")]
    return _only(named)


def _only(boxes: Sequence[MailboxFacts]) -> Brand | None:
    """The brand of these mailboxes; none when they are of several regions."""
    return _brand(boxes[0]) if len({box.region for box in boxes}) == 1 else None


def usual() -> Brand:
    """The brand of visitors of whom nothing is known: the oldest mailbox's."""
    boxes = _boxes()
    return _brand(boxes[0] if boxes else None)


def behind_boundary(region: str) -> bool:
    """Whether the mailbox of a region stands behind the data boundary (C16)."""
    return any(box.offshore for box in _boxes() if box.region == region)


def all_brands() -> Sequence[Brand]:
    """Every brand, for the stylesheet."""
    return [_brand(box) for box in _boxes()] or [_brand(None)]


def forget() -> None:
    """Read the mailboxes anew at the next look."""
    global _read
    _read = (-_FRESH_SECONDS, [])


def _boxes() -> list[MailboxFacts]:
    global _read
    if time.monotonic() - _read[0] > _FRESH_SECONDS:
        _read = (time.monotonic(), active_mailboxes())
    return _read[1]


@lru_cache(maxsize=64)
def _brand(box: MailboxFacts | None) -> Brand:
    if box is None:
        return Brand(_NAME, _NAME, "", _USUAL_COLOR, "#ffffff", "", "", None, settings.BASE_URL)
    color = box.brand_color if _COLOR.fullmatch(box.brand_color) else _USUAL_COLOR
    return Brand(
        name=box.brand or box.name,
        support=box.name,
        address=box.address,
        color=color.lower(),
        ink="#ffffff" if contrast(color, "#ffffff") >= _READABLE else "#14161b",
        footer=box.footer,
        region=box.region,
        mailbox_id=box.id,
        home=box.home,
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours as WCAG counts it, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
