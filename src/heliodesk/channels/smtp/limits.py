"""How much the listener takes from whom."""

import ipaddress
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_LOOPBACK: tuple[Network, ...] = (
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("::1/128"),
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The bounds of one listener. Those per peer do not hold for loopback and trusted relays."""

    message_bytes: int = 25 * 2**20
    header_bytes: int = 512 * 2**10
    line_bytes: int = 512 * 2**10
    #: Of one message; a peer may send it again for the others (RFC 5321, 4.5.3.1.8).
    recipients: int = 100
    #: As many servers as this have passed it on: it goes in a circle.
    received_headers: int = 50
    connections: int = 500
    connections_per_peer: int = 20
    messages_per_minute: int = 120
    #: Wrong recipients on one connection before it is closed: somebody guesses addresses.
    unknown_recipients: int = 20
    #: Between two commands, and for each 64 kB of a message (RFC 5321, 4.5.3.2).
    idle_seconds: float = 300.0
    message_seconds: float = 1800.0
    #: All messages being received at once, in memory.
    in_flight_bytes: int = 256 * 2**20
    #: Below this the disk counts as full, while the database can still end in good order.
    free_bytes: int = 64 * 2**20
    store_seconds: float = 60.0
    trusted: tuple[Network, ...] = ()

    def trusts(self, peer: str) -> bool:
        """Whether a peer is exempt from the limits per peer."""
        return _within(peer, _LOOPBACK + self.trusted)


def networks(words: Sequence[str]) -> tuple[Network, ...]:
    """Networks from addresses and CIDR ranges; raises ValueError for what is neither."""
    return tuple(ipaddress.ip_network(word, strict=False) for word in words)


@lru_cache(maxsize=4096)
def _within(peer: str, among: tuple[Network, ...]) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return not peer
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in among)


class Peers:
    """Who is connected, and how much each sent in the present minute."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: Counter[str] = Counter()
        self._sent: Counter[str] = Counter()
        self._minute = 0

    @property
    def connected(self) -> int:
        return self._open.total()

    def admit(self, peer: str) -> bool:
        """Count a new connection, unless there are too many in all or of this peer."""
        if self.connected >= self._limits.connections:
            return False
        per_peer = self._limits.connections_per_peer
        if self._open[peer] >= per_peer and not self._limits.trusts(peer):
            return False
        self._open[peer] += 1
        return True

    def leave(self, peer: str) -> None:
        """Count a connection as ended."""
        self._open[peer] -= 1
        if self._open[peer] <= 0:
            del self._open[peer]

    def may_send(self, peer: str, seconds: float) -> bool:
        """Count a message begun at this time, unless the peer sent too many in this minute."""
        if self._limits.trusts(peer):
            return True
        minute = int(seconds // 60)
        if minute != self._minute:
            self._minute = minute
            self._sent.clear()
        if self._sent[peer] >= self._limits.messages_per_minute:
            return False
        self._sent[peer] += 1
        return True
