"""The ports of the desk: which option and variable names each, and whether it is free."""

import errno
import socket
import time
from dataclasses import dataclass

#: A desk that was killed a moment ago may hold its ports this long, in seconds.
PATIENCE = 2.0


@dataclass(frozen=True)
class Port:
    """An address to listen at, with the names by which a person can change it."""

    host: str
    number: int
    what: str
    option: str
    variable: str


class PortTaken(Exception):
    """A port cannot be listened at; the message names the option that moves it."""


def check(ports: list[Port]) -> None:
    """Make sure that all ports can be had.

    Raises:
        PortTaken: one is taken, is wanted twice, or is not ours to take.
    """
    wanted: dict[int, Port] = {}
    for port in ports:
        if port.number in wanted:
            raise PortTaken(
                f"Port {port.number} is given both for {wanted[port.number].what} and for "
                f"{port.what}. Change one with {port.option} or {port.variable}."
            )
        wanted[port.number] = port
        _check_one(port)


def _check_one(port: Port) -> None:
    deadline = time.monotonic() + PATIENCE
    while (trouble := _try(port)) is not None:
        if trouble.errno != errno.EADDRINUSE or time.monotonic() > deadline:
            raise PortTaken(_explain(port, trouble)) from trouble
        time.sleep(0.1)


def _try(port: Port) -> OSError | None:
    """Bind for a moment; the error if that is impossible."""
    family = socket.AF_INET6 if ":" in port.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((port.host, port.number))
            probe.listen(1)
        except OSError as error:
            return error
    return None


def _explain(port: Port, trouble: OSError) -> str:
    where = f"{port.host}:{port.number}, for {port.what},"
    change = f"Choose another with {port.option} or {port.variable}."
    if trouble.errno == errno.EADDRINUSE:
        return f"{where} is already in use. {change}"
    if trouble.errno == errno.EACCES:
        return f"{where} may only be used by root. {change}"
    return f"{where} cannot be used ({trouble.strerror}). {change}"


def answers(host: str, number: int, *, seconds: float = 1.0) -> bool:
    """Whether something accepts connections there."""
    try:
        with socket.create_connection((reachable(host), number), timeout=seconds):
            return True
    except OSError:
        return False


def reachable(host: str) -> str:
    """The address at which a server listening at ``host`` can be reached from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)
