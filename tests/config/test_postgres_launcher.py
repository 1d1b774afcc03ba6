"""The launcher of the embedded PostgreSQL: private, careful with what it finds, shared in peace."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest
from tests.config.conftest import lend_programs, remove_database

from heliodesk.config.postgres import DatabaseTrouble, dsn, is_served, running, the_only_desk
from heliodesk.config.postgres.place import Place, place_of, private_folder
from heliodesk.config.postgres.server import Server


@pytest.fixture
def data(folder: Path) -> Path:
    return lend_programs(folder / "data")


def _ask(data: Path, query: str) -> object:
    with psycopg.connect(dsn(data)) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def _alive(data: Path) -> bool:
    return Server(place_of(data)).process() is not None


def test_listens_at_a_private_socket_only_and_trusts_nobody(data: Path) -> None:
    with running(data, durable=False) as server:
        place = server.place
        assert _ask(data, "show listen_addresses") == ""
        assert stat.S_IMODE(place.sockets.stat().st_mode) == 0o700
        assert stat.S_IMODE(place.cluster.stat().st_mode) == 0o700
        rules = (place.cluster / "pg_hba.conf").read_text()
        assert rules.count("peer map=desk") == len(rules.splitlines()) == 2


def test_the_product_s_server_is_durable(data: Path) -> None:
    with running(data):
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            assert _ask(data, f"show {name}") == "on"
        assert _ask(data, "show shared_preload_libraries") == "pg_stat_statements"


@pytest.mark.needs("root")
def test_another_user_of_the_machine_cannot_connect(data: Path) -> None:
    with running(data, durable=False) as server:
        server.place.sockets.chmod(0o755)
        tried = subprocess.run(
            [
                shutil.which("psql", path="/usr/bin") or str(_psql(server.place)),
                *("-h", str(server.place.sockets), "-U", "heliodesk", "-c", "select 1"),
            ],
            user="nobody",
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
        )
    assert tried.returncode == 2
    assert "Permission denied" in tried.stderr or "Peer authentication failed" in tried.stderr


def _psql(place: Place) -> Path:
    return next(place.engines.resolve().rglob("psql"))


def test_the_last_user_stops_the_server(data: Path) -> None:
    with running(data, durable=False):
        with running(data, durable=False):
            assert _ask(data, "select 1") == 1
        assert _alive(data)
    assert not _alive(data)


def test_the_only_desk_is_the_only_one(tmp_path: Path) -> None:
    with the_only_desk(tmp_path):
        assert is_served(tmp_path)
        refused = pytest.raises(DatabaseTrouble, match=f"process {os.getpid()}")
        with refused, the_only_desk(tmp_path):
            pass
    assert not is_served(tmp_path)


def test_a_long_path_gets_its_socket_elsewhere_and_as_private(folder: Path) -> None:
    deep = folder / ("x" * 120)
    place = place_of(deep)
    assert place.sockets.parent == Path("/tmp")
    with running(deep, durable=False):
        assert _ask(deep, "select 1") == 1
        assert stat.S_IMODE(place.sockets.stat().st_mode) == 0o700


@pytest.mark.needs("root")
def test_root_keeps_the_database_elsewhere_when_its_user_cannot_reach_the_folder(
    tmp_path: Path,
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    place = place_of(closed / "data")
    assert place.home.parent == Path("/var/lib/heliodesk")
    assert place_of(closed / "data") == place
    try:
        with running(closed / "data", durable=False):
            assert _ask(closed / "data", "select 1") == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        remove_database(closed / "data")


def test_the_lock_file_of_a_dead_server_with_a_living_number_is_seen_through(data: Path) -> None:
    with running(data, durable=False) as server:
        lock = server.place.cluster / "postmaster.pid"
        copy = lock.read_text()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        lock.write_text("\n".join([str(stranger.pid), *copy.split("\n")[1:]]))
        with running(data, durable=False):
            assert _ask(data, "select 1") == 1
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_first_start_is_begun_again(data: Path) -> None:
    half = data / ".postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with running(data, durable=False):
        assert _ask(data, "select 1") == 1
    assert not half.exists()


def test_data_of_another_major_version_is_left_alone(data: Path) -> None:
    with running(data, durable=False) as server:
        version = server.place.cluster / "PG_VERSION"
    version.write_text("14\n")
    refused = pytest.raises(DatabaseTrouble, match="written by PostgreSQL 14")
    with refused, running(data, durable=False):
        pass


def test_a_server_that_cannot_start_says_why(data: Path) -> None:
    with running(data, durable=False) as server:
        (server.place.cluster / "local.conf").write_text("work_mem = 'plenty'\n")
    with pytest.raises(DatabaseTrouble, match="work_mem"), running(data, durable=False):
        pass


def test_settings_of_one_s_own_hold(data: Path) -> None:
    with running(data, durable=False) as server:
        (server.place.cluster / "local.conf").write_text("work_mem = '7MB'\n")
    with running(data, durable=False):
        assert _ask(data, "show work_mem") == "7MB"


def test_a_private_folder_is_not_taken_over_from_others(tmp_path: Path) -> None:
    place = place_of(tmp_path)
    target = tmp_path / "target"
    target.mkdir()
    link = tmp_path / "link"
    link.symlink_to(target)
    with pytest.raises(DatabaseTrouble, match="belongs to somebody else"):
        private_folder(link, place.account)


@pytest.mark.needs("postgresql")
def test_the_system_s_postgresql_serves_as_well(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    monkeypatch.setenv("HELIODESK_PG_BIN", str(programs))
    with running(data):
        assert programs.parent.name in str(_ask(data, "select version()"))
        assert _ask(data, "select 'a' < 'B' collate \"default\"") is False
