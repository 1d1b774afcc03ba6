"""What all tests share: tests of real system servers, skipped loudly where one is missing."""

import os
import shutil
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

#: The programs that show that a system server is there, by the name used in ``needs(...)``.
PROGRAMS = {
    # Unpacked by bin/asterisk, as root and as anybody else.
    "asterisk": (
        "/var/cache/heliodesk-tests/asterisk/asterisk",
        str(Path.home() / ".cache/heliodesk-tests/asterisk/asterisk"),
    ),
    "chromium": ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/snap/bin/chromium"),
    "dovecot": ("/usr/sbin/dovecot",),
    "postfix": ("/usr/sbin/postfix",),
    "postgresql": tuple(f"/usr/lib/postgresql/{major}/bin/postgres" for major in range(30, 14, -1)),
    "sipp": ("/usr/bin/sipp",),
    "swaks": ("/usr/bin/swaks",),
    "root": (),
}
#: The tests in a browser, and the desk that they share.
JOURNEYS = "tests/browser/"
#: Of a test that commits: the first rows, and what lets the database be asked.
COMMITS = pytest.StashKey[tuple[Any, Any]]()
REQUIRE_ALL = "HELIODESK_TEST_REQUIRE_ALL"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    database_server: str, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Have the server running first; said here, since pytest-django's plugin loads after ours."""


def program(name: str) -> str | None:
    """The path of a system server's program, or none if it is not installed."""
    installed = (path for path in PROGRAMS[name] if Path(path).exists())
    return next(installed, None) or shutil.which(name)


def _present(name: str) -> bool:
    return os.geteuid() == 0 if name == "root" else program(name) is not None


class Together(LoadScopeScheduling):
    """In a parallel run one process has all journeys in the browser, which share a desk; of the
    rest each file stays together."""

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Share out the tests of a parallel run."""
    return Together(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest part, so that a parallel run does not end with it."""
    items.sort(key=lambda item: not item.nodeid.startswith(JOURNEYS))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that needs what this machine lacks; fail it where nothing may be skipped."""
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            if name not in PROGRAMS:
                raise pytest.UsageError(f"{item.nodeid} needs {name!r}, which is not known here")
            if not _present(name):
                reason = (
                    f"needs {name}, which is not on this machine: see what bin/system-servers said"
                )
                if os.environ.get(REQUIRE_ALL):
                    pytest.fail(reason, pytrace=False)
                pytest.skip(reason)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """Name, after all else, each system server whose tests did not run."""
    yield
    missing: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        name = reason.removeprefix("Skipped: needs ").split(",")[0]
        if reason.startswith("Skipped: needs "):
            missing[name] = missing.get(name, 0) + 1
    if missing:
        terminalreporter.section("NOT TESTED on this machine", sep="!", red=True, bold=True)
        for name, count in sorted(missing.items()):
            terminalreporter.line(f"{name}: {count} tests skipped, because it is not here")


@pytest.fixture(scope="session")
def first_rows(django_db_setup: None, django_db_blocker: Any) -> Any:
    """What migrations put into the database."""
    from tests import first_rows

    with django_db_blocker.unblock():
        return first_rows.taken()


@pytest.fixture(autouse=True)
def _rows_to_put_back(request: pytest.FixtureRequest) -> None:
    """Before a test that commits, have what migrations put into the database."""
    mark = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    if commits or (mark and mark.kwargs.get("transaction")):
        names = ("first_rows", "django_db_blocker")
        request.node.stash[COMMITS] = tuple(request.getfixturevalue(name) for name in names)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, None, None]:
    """Give the next test the rows that one which commits has taken away, once it is torn down."""
    yield
    if nextitem is not None and COMMITS in item.stash:
        from tests.first_rows import put_back

        rows, blocker = item.stash[COMMITS]
        with blocker.unblock():
            put_back(rows)


@pytest.fixture(autouse=True)
def _no_connection_left() -> Iterator[None]:
    """Give back the connection that intake keeps beside Django's, so that the database can go."""
    yield
    if "heliodesk.intake.pipeline" in sys.modules:
        sys.modules["heliodesk.intake.pipeline"].marks.close()
