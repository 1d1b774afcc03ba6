"""One desk for all browser tests, one browser a module, windows that must not complain."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect
from psycopg import sql

from tests.browser.chromium import PATIENCE_SECONDS, Watch, chromium
from tests.browser.desk import PEOPLE, Desk
from tests.browser.letters import Letter, title
from tests.browser.pages import sign_in

Window = Callable[..., Page]
expect.set_options(timeout=PATIENCE_SECONDS * 1000)
#: Cookies of who signed in already, by name: signing in is slow on purpose.
_signed_in: dict[str, object] = {}


@pytest.fixture(autouse=True)
def _no_connection_left() -> None:
    """Nothing to give back: the desk runs in processes of its own, not in this one."""


@pytest.fixture(scope="session")
def desk(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A demo desk in a database of its own."""
    name = f"browser_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(database_server, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    address = urlsplit(database_server)._replace(path=f"/{name}").geturl()
    running = Desk(tmp_path_factory.mktemp("desk"), database=address)
    try:
        yield running.start()
    finally:
        running.stop()
        _signed_in.clear()
        with psycopg.connect(database_server, autocommit=True) as connection:
            gone = sql.SQL("drop database if exists {} with (force)")
            connection.execute(gone.format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def browser(desk: Desk) -> Iterator[Browser]:
    """Chromium; a module at a time, since its event loop keeps Django's own tests from theirs."""
    with chromium() as running:
        yield running


@pytest.fixture
def window(browser: Browser, desk: Desk) -> Iterator[Window]:
    """Opens a window of one of the demo's people, or of nobody.

    At the end of the test no window may have complained, shown a dialog, or asked anything of a
    server other than the desk.
    """
    hosts = {urlsplit(desk.address).netloc, f"localhost:{desk.live_port}"}
    opened: list[tuple[Page, Watch]] = []

    def open_for(who: str = "", *, width: int = 1440, **options: object) -> Page:
        if who and who not in _signed_in:
            _signed_in[who] = _cookies(browser, desk, who)
        context = browser.new_context(
            base_url=desk.address,
            viewport={"width": width, "height": 900 if width > 500 else 844},
            storage_state=_signed_in.get(who),  # type: ignore[arg-type]  # as Playwright gave it
            **options,  # type: ignore[arg-type]  # fields of it by name
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        page = context.new_page()
        page.watch = Watch(page, hosts)  # type: ignore[attr-defined]  # ours, on the page
        opened.append((page, page.watch))  # type: ignore[attr-defined]  # ours, on the page
        return page

    yield open_for
    found = [complaint for _, watch in opened for complaint in watch.complaints + watch.strangers]
    for page, _ in opened:
        page.context.close()
    assert found == []


def _cookies(browser: Browser, desk: Desk, who: str) -> object:
    context = browser.new_context(base_url=desk.address)
    sign_in(context.new_page(), *PEOPLE[who])
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def arrives(desk: Desk) -> Callable[[Letter], Letter]:
    """Sends a customer's letter to the desk by SMTP."""

    def send(letter: Letter) -> Letter:
        desk.deliver(letter.mail, sender=letter.sender.address)
        return letter

    return send


@pytest.fixture
def case_of(arrives: Callable[[Letter], Letter]) -> Callable[[Page, Letter], str]:
    """Sends a letter that becomes a case, and opens it; its address."""

    def opened(page: Page, letter: Letter) -> str:
        page.goto("/unassigned/")
        arrives(letter)
        page.get_by_role("link", name=title(letter)).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title(letter))
        page.wait_for_load_state("load")
        return urlsplit(page.url).path

    return opened


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder for files that a test attaches or saves."""
    return tmp_path
