"""Whatever is killed, whenever: every acknowledged mail is on the desk, once."""

import os
import random
import time
from contextlib import suppress

import psutil
import pytest
from tests.scenarios.mails import assert_each_once
from tests.scenarios.running import RunningDesk, until
from tests.scenarios.sending import Sender

MAILS = 1000
ROUNDS = int(os.environ.get("HELIODESK_CHAOS_ROUNDS", "1"))
#: Kills that must have hit a worker in the middle of a batch.
IN_HAND = 4


@pytest.mark.chaos
@pytest.mark.parametrize("number", range(ROUNDS))
def test_the_worker_is_killed_in_a_loop_while_a_thousand_mails_come(
    desk: RunningDesk, number: int
) -> None:
    tag = f"loop{number}"
    halves = range(0, MAILS // 2), range(MAILS // 2, MAILS)
    senders = [
        Sender(desk.smtp, tag, halves[0], pause=0.01),
        Sender(desk.lmtp, tag, halves[1], lmtp=True, pause=0.01),
    ]
    in_hand = _kill_workers(desk, senders)
    acknowledged = [number for one in senders for number in one.finished(seconds=60)]
    desk.filed()
    assert sorted(acknowledged) == list(range(MAILS))
    where = assert_each_once(desk, tag, acknowledged)
    assert in_hand >= IN_HAND, "too few kills hit a batch"
    assert where["case"] >= 0.85 * MAILS and where["held"] >= 0.1 * MAILS, where


def _kill_workers(desk: RunningDesk, senders: list[Sender]) -> int:
    """Kill one worker after the other while mail comes; how many had a batch in hand."""
    in_hand, end = 0, time.monotonic() + 45
    while time.monotonic() < end and (
        any(one.is_alive() for one in senders) or (in_hand < IN_HAND and desk.waiting())
    ):
        worker = desk.part("worker")
        before = desk.one("select coalesce(max(id), 0) from intake_batchmark")
        time.sleep(random.uniform(0.1, 0.6))
        _kill(worker)
        left = "select count(*) from intake_batchmark where id > %s"
        in_hand += desk.one(left, before) > 0
    return in_hand


def _kill(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.kill()
        until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


@pytest.mark.parametrize("victim", ["mail-listener", "database", "supervisor", "everything"])
def test_another_part_is_killed_under_load(desk: RunningDesk, victim: str) -> None:
    tag = f"killed-{victim}"
    senders = [
        Sender(desk.smtp, tag, range(0, 100), pause=0.01),
        Sender(desk.lmtp, tag, range(100, 200), lmtp=True, pause=0.01),
    ]
    until(lambda: all(len(one.acknowledged) > 20 for one in senders))
    if victim == "supervisor":
        desk.kill_supervisor()
    elif victim == "everything":
        desk.kill_everything()
    else:
        desk.kill(victim)
    acknowledged = [number for one in senders for number in one.finished(seconds=60)]
    desk.filed()
    assert any(one.cut_off or one.refusals for one in senders), "nobody noticed the kill"
    where = assert_each_once(desk, tag, acknowledged)
    assert len(acknowledged) == 200 and where.total() == 200
    assert {code for one in senders for code in one.refusals} <= {421, 451}
