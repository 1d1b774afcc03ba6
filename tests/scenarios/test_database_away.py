"""The database away: mail is put off and comes again, pages say so, nobody has to do anything."""

import http.cookiejar
import os
import re
import signal
import smtplib
import urllib.error
import urllib.request
from contextlib import suppress
from urllib.parse import urlencode

import psutil

from tests.make import PASSWORD
from tests.scenarios.mails import assert_each_once, numbered
from tests.scenarios.running import RunningDesk, until
from tests.scenarios.sending import Sender
from tests.scenarios.world import AGENT


def test_mail_is_put_off_pages_say_so_and_all_is_well_again(desk: RunningDesk) -> None:
    assert desk.process
    agent = _signed_in(desk)
    os.kill(desk.process.pid, signal.SIGSTOP)  # or it would start the database again at once
    try:
        _kill_database(desk)
        assert _codes(desk.smtp, smtplib.SMTP) == {451}
        assert _codes(desk.lmtp, smtplib.LMTP) == {451}
        sender = Sender(desk.smtp, "away", range(40))
        until(lambda: len(sender.refusals) > 3)
        for path in ("/", "/accounts/", "/search/?q=mail"):
            status, text, retry = _page(desk, path, agent)
            assert (status, retry) == (503, "10"), (path, status, text[:500])
            assert "cannot reach its database" in text and "Incoming mail is safe" in text
        assert _page(desk, "/healthz")[0] == 200 and _page(desk, "/readyz")[0] == 503
    finally:
        os.kill(desk.process.pid, signal.SIGCONT)
    numbers = sender.finished(seconds=30)
    assert set(sender.refusals) == {451}
    desk.filed()
    assert_each_once(desk, "away", numbers)
    until(lambda: _page(desk, "/readyz")[0] == 200)
    assert _page(desk, "/", agent)[0] == 200


def _signed_in(desk: RunningDesk) -> urllib.request.OpenerDirector:
    """A browser in which the agent has signed in."""
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    page = f"http://127.0.0.1:{desk.web}/sign-in/"
    with browser.open(page, timeout=30) as answer:
        (token,) = set(re.findall('csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode()))
    form = {"login": AGENT, "password": PASSWORD, "csrfmiddlewaretoken": token}
    with browser.open(page, urlencode(form).encode(), timeout=30) as answer:
        assert answer.status == 200 and "sign-in" not in answer.url
    return browser


def _kill_database(desk: RunningDesk) -> None:
    server = desk.database()
    family = [server, *server.children(recursive=True)]
    for process in family:
        with suppress(psutil.NoSuchProcess):  # the others end with the first
            process.kill()
    until(lambda: not any(_alive(process) for process in family))


def _alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _codes(port: int, protocol: type[smtplib.SMTP]) -> set[int]:
    """What is said to two mails in a row."""
    said = set()
    for number in (9990, 9991):
        with protocol("127.0.0.1", port, timeout=70) as session:
            mail = numbered("refused", number)
            try:
                session.send_message(mail)
            except smtplib.SMTPResponseException as error:
                said.add(error.smtp_code)
            except smtplib.SMTPRecipientsRefused as error:
                said |= {code for code, _ in error.recipients.values()}
    return said


def _page(
    desk: RunningDesk, path: str, browser: urllib.request.OpenerDirector | None = None
) -> tuple[int, str, str | None]:
    """Status, text and Retry-After of a page."""
    opened = browser or urllib.request.build_opener()
    try:
        with opened.open(f"http://127.0.0.1:{desk.web}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode(), None
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers["Retry-After"]
