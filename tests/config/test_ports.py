"""Ports are looked at before anything starts."""

import socket

import pytest

from heliodesk.config.server import ports
from heliodesk.config.server.ports import Port, PortTaken


def _port(number: int, host: str = "127.0.0.1") -> Port:
    return Port(host, number, "the pages", "--web-port", "HELIODESK_WEB_PORT")


def test_free_ports_pass() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number = probe.getsockname()[1]
    ports.check([_port(number)])


def test_a_port_taken_at_all_addresses_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "PATIENCE", 0.0)
    refused = pytest.raises(PortTaken, match=r"already in use\. Choose another with --web-port")
    with socket.create_server(("0.0.0.0", 0)) as taken, refused:
        ports.check([_port(taken.getsockname()[1])])


def test_a_port_given_twice_is_refused() -> None:
    with pytest.raises(PortTaken, match="given both"):
        ports.check([_port(48231), _port(48231)])


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(PortTaken, match="cannot be used"):
        ports.check([_port(48231, host="192.0.2.1")])
