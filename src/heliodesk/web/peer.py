"""The network address that a request came from, past our own proxy."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest


def peer(request: HttpRequest) -> str:
    """The address of the one who asks; what a proxy forwards counts only from a trusted one."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    if not _trusted(direct):
        return direct
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    for hop in reversed([hop for hop in hops if hop]):
        if not _trusted(hop):
            return hop[:60]
    return direct


@lru_cache(maxsize=4096)
def _trusted(address: str) -> bool:
    """Whether this is a proxy of ours."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in net for net in _networks())


@lru_cache(maxsize=1)
def _networks() -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(word, strict=False) for word in settings.TRUSTED_PROXIES)
