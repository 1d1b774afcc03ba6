"""What all conversations of one listener share: storing, addresses, limits, counts."""

import asyncio
import contextlib
import shutil
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psycopg
import structlog
from psycopg import errors

from heliodesk.channels.addresses import Addresses
from heliodesk.channels.arrivals import Arrival
from heliodesk.channels.smtp.limits import Limits, Peers
from heliodesk.channels.smtp.storing import Storing

log = structlog.get_logger()

REFRESH_SECONDS = 10.0
#: An unknown address makes the mailboxes be read again at most this often.
_LOOK_AGAIN_SECONDS = 1.0
_LOOK_AT_DISK_SECONDS = 1.0

UNAVAILABLE = "451 4.3.0 The desk cannot take mail at this moment, please try again"
DISK_FULL = "452 4.3.1 Insufficient system storage, please try again later"


@dataclass
class Desk:
    """The shared side of the listener.

    ``disk`` is the folder of the embedded database, watched for space; none when the database
    is on a server of its own.
    """

    hostname: str
    storing: Storing
    limits: Limits
    tls: ssl.SSLContext | None = None
    disk: Path | None = None
    in_flight: int = 0
    conversations: "set[Talk]" = field(default_factory=set)
    peers: Peers = field(init=False)
    _addresses: Addresses | None = None
    _read_at: float = -REFRESH_SECONDS
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _room: bool = True
    _looked_at: float = -_LOOK_AT_DISK_SECONDS

    def __post_init__(self) -> None:
        self.peers = Peers(self.limits)

    async def mailbox(self, address: str) -> int | None:
        """The mailbox of an address, or none if it is not ours.

        Raises:
            Unavailable: the mailboxes were never read, and cannot be now.
        """
        age = time.monotonic() - self._read_at
        if self._addresses is None or age >= REFRESH_SECONDS:
            await self._read(REFRESH_SECONDS)
        number = self._addresses.mailbox(address) if self._addresses else None
        if number is None and age >= _LOOK_AGAIN_SECONDS:
            await self._read(_LOOK_AGAIN_SECONDS)
            number = self._addresses.mailbox(address) if self._addresses else None
        if self._addresses is None:
            raise Unavailable
        return number

    async def _read(self, older_than: float) -> None:
        """Read the mailboxes again; while the database is away the known ones hold."""
        async with self._reading:
            if self._addresses is not None and time.monotonic() - self._read_at < older_than:
                return
            try:
                self._addresses = await self.storing.addresses()
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("mailboxes not read", error=str(error))
            self._read_at = time.monotonic()

    def has_room(self) -> bool:
        """Whether the disk of the embedded database has space left for mail."""
        if self.disk is not None and time.monotonic() - self._looked_at >= _LOOK_AT_DISK_SECONDS:
            self._looked_at = time.monotonic()
            with contextlib.suppress(OSError):
                self._room = shutil.disk_usage(self.disk).free >= self.limits.free_bytes
        return self._room

    async def keep(self, arrival: Arrival) -> str:
        """Make a message durable and return the reply to its sender."""
        if not self.has_room():
            return DISK_FULL
        try:
            number = await self.storing.keep(arrival)
        except errors.DiskFull as error:
            log.error("mail refused, no space", error=str(error))
            return DISK_FULL
        except (psycopg.Error, OSError, TimeoutError):
            return UNAVAILABLE
        return f"250 2.0.0 Taken as {number}"


class Unavailable(Exception):
    """The database cannot be asked now."""


class Talk(Protocol):
    """A connection as the listener sees it when it stops."""

    busy: bool

    def end(self) -> None:
        """Say goodbye and hang up."""

    def abandon(self) -> None:
        """Hang up in the middle, because there is no more time."""
