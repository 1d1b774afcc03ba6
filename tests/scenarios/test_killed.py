"""Whatever is killed, whenever: every acknowledged mail is on the desk, once."""

import itertools
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
    """Kill one worker after the other while mail comes; how many had a batch in hand.

    Every second one is watched, and killed as soon as it has a batch.
    """
    in_hand, end = 0, time.monotonic() + 45
    for turn in itertools.count():
        more = _sending(senders) or (in_hand < IN_HAND and desk.waiting())
        if time.monotonic() > end or not more:
            break
        worker, before = desk.part("worker"), _batches(desk)
        if turn % 2:
            _await_batch(desk, senders, after=before)
        time.sleep(random.uniform(0, 0.02 if turn % 2 else 0.5))
        _kill(worker)
        in_hand += _batches(desk) > before
    return in_hand


def _await_batch(desk: RunningDesk, senders: list[Sender], *, after: int) -> None:
    until(lambda: _batches(desk) > after or not (desk.waiting() or _sending(senders)))


def _sending(senders: list[Sender]) -> bool:
    return any(one.is_alive() for one in senders)


def _batches(desk: RunningDesk) -> int:
    """The newest batch that a worker has begun and not finished."""
    return int(desk.one("select coalesce(max(id), 0) from intake_batchmark"))


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
