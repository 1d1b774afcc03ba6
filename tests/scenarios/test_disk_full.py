"""A full disk: mail is put off before anything is written, and taken in once there is room."""

import shutil
import smtplib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.conftest import lend_programs
from tests.scenarios.conftest import populate, scratch
from tests.scenarios.mails import assert_each_once, places
from tests.scenarios.running import RunningDesk, until
from tests.scenarios.sending import Sender

pytestmark = pytest.mark.needs("root")


@pytest.fixture
def small_desk() -> Iterator[RunningDesk]:
    """A desk whose data folder is a disk of its own, and a small one."""
    with scratch() as folder:
        data = lend_programs(folder / "data")
        lent = (data / "engine").readlink() if (data / "engine").is_symlink() else None
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=400m,mode=711", "none", str(data)], check=True
        )
        desk = RunningDesk(folder)
        try:
            if lent:
                (data / "engine").symlink_to(lent)
            populate(desk.start())
            yield desk
        finally:
            desk.stop()
            subprocess.run(["umount", "--lazy", str(data)], check=True)


def test_mail_is_put_off_with_452_and_nothing_is_half_written(small_desk: RunningDesk) -> None:
    desk = small_desk
    before = Sender(desk.smtp, "full", range(20)).finished(seconds=30)
    desk.filed()
    ballast = _fill(desk.data, leave=30)
    until(lambda: _refused(desk) == 452)
    sender = Sender(desk.smtp, "full", range(20, 40))
    by_lmtp = Sender(desk.lmtp, "full", range(40, 60), lmtp=True)
    until(lambda: len(sender.refusals) > 3 and len(by_lmtp.refusals) > 3)
    assert {*sender.refusals, *by_lmtp.refusals} == {452}
    assert sorted(places(desk, "full")) == before and desk.waiting() == 0
    done = desk.run("check", "--json")
    assert done.returncode == 1 and b"refuses mail" in done.stdout, done.stdout.decode()
    _fill(desk.data, leave=0)  # now without the last reserve, too
    until(lambda: len(sender.refusals) > 10)
    assert {*sender.refusals, *by_lmtp.refusals} == {452}
    for each in ballast.parent.glob("ballast*"):
        each.unlink()
    numbers = [*before, *sender.finished(seconds=60), *by_lmtp.finished(seconds=60)]
    desk.filed()
    assert assert_each_once(desk, "full", numbers).total() == 60


def _refused(desk: RunningDesk) -> int:
    """What the desk says to a sender at once."""
    with smtplib.SMTP("127.0.0.1", desk.smtp, timeout=30) as session:
        session.ehlo()
        return session.mail("ada@customer0.example")[0]


def _fill(folder: Path, *, leave: int) -> Path:
    """Fill the disk until so many MB are left."""
    free = shutil.disk_usage(folder).free
    file = folder / f"ballast-{leave}"
    with file.open("wb") as written:
        try:
            while free > leave * 2**20:
                size = min(2**20, free - leave * 2**20)
                written.write(bytes(size))
                written.flush()
                free -= size
        except OSError:
            assert leave == 0
    return file
