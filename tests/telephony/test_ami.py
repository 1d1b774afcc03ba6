"""Paging by Asterisk: what is asked of its manager interface, and what it may answer."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from heliodesk.oncall.senders.known import sender_of
from heliodesk.oncall.senders.letter import Gone, Letter, TryAgain, Unset

LETTER = Letter(
    page_id=7, key="1:0:3:9", address="+61390175101", subject="P1", text="P1 4812 0990",
    token="a-token", purpose="page",
)  # fmt: skip
GREETING = b"Asterisk Call Manager/11.0.0\r\n"
WELCOME = b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n"
EVENT = b"Event: FullyBooted\r\nPrivilege: system,all\r\n\r\n"
QUEUED = b"Response: Success\r\nMessage: Originate successfully queued\r\n\r\n"


@pytest.fixture
def manager(settings: Any) -> Iterator[Callable[..., list[bytes]]]:
    """An Asterisk that gives these answers; what it was asked is in the list."""
    server = socket.create_server(("127.0.0.1", 0))
    settings.VOICE_AMI = f"ami://heliodesk:s%40cret@127.0.0.1:{server.getsockname()[1]}"
    settings.PAGING_VOICE = "heliodesk.telephony.adapters.ami:call"
    asked: list[bytes] = []

    def answers(*given: bytes) -> list[bytes]:
        def serve() -> None:
            line, _ = server.accept()
            with line:
                line.settimeout(5)
                line.sendall(GREETING)
                for answer in given:
                    got = b""
                    while not got.endswith(b"\r\n\r\n"):
                        more = line.recv(4096)
                        if not more:
                            return
                        got += more
                    asked.append(got)
                    line.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return asked

    yield answers
    server.close()


def test_a_page_rings_through_the_trunk(manager: Any) -> None:
    asked = manager(WELCOME + EVENT, EVENT + QUEUED)
    assert sender_of("voice")(LETTER) == LETTER.key
    login, originate = (one.decode() for one in asked)
    assert "Username: heliodesk\r\nSecret: s@cret\r\n" in login
    for line in ("ActionID: 1:0:3:9", "Channel: PJSIP/+61390175101@carrier", "Context: desk-page",
                 "Variable: PAGE=a-token", "Async: true"):  # fmt: skip
        assert f"{line}\r\n" in originate


def test_words_cannot_become_actions(manager: Any) -> None:
    asked = manager(WELCOME, QUEUED)
    hostile = Letter(7, "k\r\nAction: Command", "PJSIP/x\r\nCommand: ls", "", "", "t", "page")
    sender_of("voice")(hostile)
    assert asked[1].decode().count("\r\nAction:") == 0
    assert "\r\nCommand:" not in asked[1].decode()


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ((b"Response: Error\r\nMessage: Authentication failed\r\n\r\n",), Unset),
        ((WELCOME, b"Response: Error\r\nMessage: Originate failed\r\n\r\n"), Gone),
        ((WELCOME,), TryAgain),
        ((), TryAgain),
    ],
)
def test_what_goes_wrong_is_told_apart(
    manager: Any, answers: tuple[bytes, ...], error: type[Exception]
) -> None:
    manager(*answers)
    with pytest.raises(error):
        sender_of("voice")(LETTER)


def test_an_asterisk_that_is_down_is_tried_again(settings: Any) -> None:
    settings.PAGING_VOICE = "heliodesk.telephony.adapters.ami:call"
    settings.VOICE_AMI = "ami://a:b@127.0.0.1:1"
    with pytest.raises(TryAgain):
        sender_of("voice")(LETTER)
    settings.VOICE_AMI = ""
    with pytest.raises(Unset):
        sender_of("voice")(LETTER)
