"""Outlook's winmail.dat: names, texts, enclosed messages, and streams that lie."""

import struct
import time

import pytest

from heliodesk.intake.mail import tnef
from tests.intake.mail.letters import properties, record, winmail

START = struct.pack("<IH", 0x223E9F78, 1)


def names(data: bytes) -> list[str]:
    return [name for name, _ in tnef.files(data)[0]]


def test_one_file() -> None:
    assert tnef.files(winmail("plan.txt", b"the plan")) == ([("plan.txt", b"the plan")], "", "")


def test_the_long_name_wins() -> None:
    assert names(winmail("PLAN~1.TXT", b"x", long_name="Pläne für März.txt")) == [
        "Pläne für März.txt"
    ]


def test_names_in_the_code_page_of_the_stream() -> None:
    assert names(winmail("Pläne.txt", b"x")) == ["Pläne.txt"]


def test_an_enclosed_message_gives_its_files() -> None:
    assert names(winmail("", b"", enclosed=winmail("inner.txt", b"x"))) == ["inner.txt"]


def test_enclosed_messages_end_somewhere() -> None:
    data = winmail("core.txt", b"x")
    for _ in range(30):
        data = winmail("shell", b"", enclosed=data)
    assert names(data) == ["shell"]


def test_text_and_html_bodies() -> None:
    message = properties(
        (0x1F, 0x1000, "Grüße".encode("utf-16-le")),
        (3, 0x3FDE, struct.pack("<I", 65001)),
        (0x102, 0x1013, "<p>Grüße".encode()),
    )
    assert tnef.files(START + record(1, 0x9003, 6, message)) == ([], "Grüße", "<p>Grüße")


@pytest.mark.parametrize("cut", range(0, 200, 7))
def test_cut_streams(cut: int) -> None:
    tnef.files(winmail("plan.txt", b"the plan", long_name="plan")[:cut])


@pytest.mark.parametrize(
    "lie",
    [
        struct.pack("<I", 0xFFFFFFFF),
        struct.pack("<IHH", 0xFFFFFFFF, 2, 1) * 1000,
        struct.pack("<IHHI", 1, 0x1002, 1, 0xFFFFFFFF),
        struct.pack("<IHHI", 1, 0x101F, 1, 0xFFFFFFFF),
        struct.pack("<IHHII", 1, 0x1F, 1, 0xFFFFFFFF, 0),
        struct.pack("<IHH", 1, 3, 0x8001) + b"\xff" * 24,
        b"\x00" * 100_000,
    ],
)
def test_counts_that_lie_cost_nothing(lie: bytes) -> None:
    before = time.process_time()
    tnef.files(
        START + record(1, 0x9003, 6, lie) + record(2, 0x9002, 6, b"") + record(2, 0x9005, 6, lie)
    )
    assert time.process_time() - before < 1
