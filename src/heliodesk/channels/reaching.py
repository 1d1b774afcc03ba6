"""Where a server is: outside, or inside the desk's own network."""

import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong

_SECONDS = 4.0
_pool = ThreadPoolExecutor(2, thread_name_prefix="names")


def addresses(host: str) -> list[str]:
    """The addresses of a server; asked for a few seconds at the most.

    Raises:
        OSError: the name is none, or nobody answers.
    """
    try:
        found = _pool.submit(socket.getaddrinfo, host, None, 0, socket.SOCK_STREAM).result(_SECONDS)
    except TooLong as error:
        raise OSError("the name servers do not answer") from error
    except UnicodeError as error:
        raise OSError("this cannot be a name") from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def inside(host: str) -> str:
    """The first address of a server that no stranger could reach; empty when all are outside.

    A name that cannot be found is nowhere, and so not inside.
    """
    try:
        found = addresses(host)
    except OSError:
        return ""
    return next((one for one in found if not _outside(one)), "")


def _outside(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_global
    except ValueError:
        return False
