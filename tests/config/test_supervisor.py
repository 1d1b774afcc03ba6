"""The supervisor: what dies starts again, what is told to end ends in order and in time."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from tests.config.conftest import lend_programs
from tests.config.desk import PlainDesk, free_ports

from heliodesk.config import postgres
from heliodesk.config.postgres.place import place_of
from heliodesk.config.postgres.server import Server


@pytest.fixture
def desk(folder: Path) -> Iterator[PlainDesk]:
    lend_programs(folder / "data")
    plain = PlainDesk(folder)
    yield plain
    _end(plain)


def _end(plain: PlainDesk) -> None:
    if plain.process:
        plain.process.kill()
        plain.process.communicate()


def _until(true: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _database(desk: PlainDesk) -> int:
    process = Server(place_of(desk.data)).process()
    assert process
    return int(process.pid)


def test_stops_in_order_and_takes_the_database_along(desk: PlainDesk) -> None:
    desk.start().ready()
    database = _database(desk)
    seconds, said = desk.stop()
    assert [name for name, _ in desk.noted("end")] == ["web", "live", "mail-listener", "worker"]
    assert desk.process and desk.process.returncode == 0
    assert not psutil.pid_exists(database)
    assert seconds < 5, said


def test_a_part_that_does_not_end_is_killed_in_time(folder: Path) -> None:
    desk = PlainDesk(folder, stubborn="worker")
    try:
        desk.start().ready()
        seconds, said = desk.stop(signal.SIGINT)
    finally:
        _end(desk)
    assert seconds < 5
    assert "worker does not end; killing it" in said
    assert not any(psutil.pid_exists(number) for _, number in desk.noted("start"))


def test_the_second_start_takes_under_five_seconds_and_finds_the_data(desk: PlainDesk) -> None:
    desk.start().ready()
    with psycopg.connect(postgres.dsn(desk.data)) as connection:
        connection.execute("create table kept as select 42 as answer")
    desk.stop()
    assert desk.start().ready() < 5
    with psycopg.connect(postgres.dsn(desk.data)) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)


@pytest.mark.parametrize("name", ["web", "live", "mail-listener", "worker"])
def test_a_killed_part_is_started_again(desk: PlainDesk, name: str) -> None:
    desk.start().ready()
    _until(lambda: name in dict(desk.noted("start")))
    os.kill(dict(desk.noted("start"))[name], signal.SIGKILL)
    _until(lambda: [started for started, _ in desk.noted("start")].count(name) == 2)
    _, said = desk.stop()
    assert f"{name} ended (killed by SIGKILL); starting it again in 0.2 s" in said


def test_a_killed_database_is_started_again_and_keeps_what_it_acknowledged(
    desk: PlainDesk,
) -> None:
    desk.start().ready()
    with psycopg.connect(postgres.dsn(desk.data)) as connection:
        connection.execute("create table kept as select 42 as answer")
    first = _database(desk)
    os.kill(first, signal.SIGKILL)

    def again() -> bool:
        try:
            with psycopg.connect(postgres.dsn(desk.data)) as connection:
                return connection.execute("select answer from kept").fetchone() == (42,)
        except psycopg.OperationalError:
            return False

    _until(again, seconds=40)
    assert _database(desk) != first


def test_parts_end_with_a_killed_supervisor_and_the_database_is_found_again(
    desk: PlainDesk,
) -> None:
    desk.start().ready()
    database = _database(desk)
    assert desk.process
    desk.process.kill()
    desk.process.communicate()
    _until(lambda: not any(_runs(number) for _, number in desk.noted("start")))
    desk.start().ready()
    assert _database(desk) == database
    desk.stop()
    assert not _runs(database)


def test_starts_after_everything_was_killed_at_once(desk: PlainDesk) -> None:
    for _ in range(3):
        desk.start().ready(seconds=40)
        assert desk.process
        family = [desk.process.pid, *(number for _, number in desk.noted("start"))]
        database = psutil.Process(_database(desk))
        everything = [*family, database.pid, *(one.pid for one in database.children())]
        for number in everything:
            if psutil.pid_exists(number):
                os.kill(number, signal.SIGKILL)
        desk.process.communicate()
    desk.start().ready(seconds=40)
    assert desk.stop()[0] < 5


def test_a_second_desk_on_the_same_data_is_refused(desk: PlainDesk) -> None:
    desk.start().ready()
    second = PlainDesk(desk.data.parent, ports=free_ports(4)).start()
    assert second.process and desk.process
    _, said = second.process.communicate(timeout=10)
    assert second.process.returncode == 1
    assert (
        f"Another desk already serves the folder {desk.data} (process {desk.process.pid})" in said
    )


def test_a_taken_port_is_named_with_its_option(folder: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        desk = PlainDesk(folder, ports=[number, *free_ports(3)]).start()
        assert desk.process
        _, said = desk.process.communicate(timeout=10)
    assert desk.process.returncode == 1
    assert f"127.0.0.1:{number}, for the pages, is already in use" in said
    assert "--web-port or HELIODESK_WEB_PORT" in said
    assert not (folder / "data" / "postgres").exists()


def _runs(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
