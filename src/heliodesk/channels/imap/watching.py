"""Watching every mailbox that is fetched by IMAP: one thread each, until told to stop."""

import math
import signal
import threading
import time
from types import FrameType

import psycopg
import structlog
from django.db import connection
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from heliodesk.channels.imap.session import ImapAccount, NoSecret, signed_in
from heliodesk.channels.imap.status import accounts, report
from heliodesk.channels.imap.taking import Taker

log = structlog.get_logger()

#: What goes wrong with servers and networks, as opposed to with this program.
TROUBLE = (IMAPClientError, ProtocolError, NoSecret, OSError, psycopg.Error)
_LOOK_FOR_MAILBOXES_SECONDS = 15.0
_LEAST_WAIT_SECONDS = 1.0
#: Without IDLE the folder is looked at this often; with it, at least this often.
POLL_SECONDS = 30.0
_IDLE_SECONDS = 120.0
_FIRST_WAIT_SECONDS = 5.0
_LONGEST_WAIT_SECONDS = 300.0
#: Messages that end the connection may interrupt a single fetch this often.
_MOST_SESSIONS = 20


class Watch:
    """One mailbox, watched in a thread."""

    def __init__(self, account: ImapAccount, dsn: str, *, most_bytes: int) -> None:
        self.account = account
        self.stop = threading.Event()
        self._taker = Taker(account, dsn, most_bytes=most_bytes)
        self._wait = _FIRST_WAIT_SECONDS
        self.thread = threading.Thread(target=self._run, name=f"imap {account.mailbox_id}")
        self.thread.start()

    def _run(self) -> None:
        while not self.stop.is_set():
            try:
                self._session()
            except TROUBLE as error:
                said = " ".join(str(error).split()) or type(error).__name__
                log.warning("mailbox not fetched", mailbox=self.account.mailbox_id, error=said)
                self._report(said)
                if self._taker.interrupted:
                    self._wait = _FIRST_WAIT_SECONDS
                self.stop.wait(self._wait)
                self._wait = min(self._wait * 2, _LONGEST_WAIT_SECONDS)
            except Exception:
                log.exception("watch failed", mailbox=self.account.mailbox_id)
                self.stop.wait(_LONGEST_WAIT_SECONDS)

    def _session(self) -> None:
        with signed_in(self.account) as client:
            self._taker.select(client)
            while not self.stop.is_set():
                while self._taker.take_all(client) and not self.stop.is_set():
                    pass
                self._report(self._taker.trouble())
                self._wait = _FIRST_WAIT_SECONDS
                self._rest(client)

    def _report(self, error: str) -> None:
        """Write how it goes, over a connection that is not kept: the next report is minutes off."""
        try:
            report(self.account.mailbox_id, error=error)
        finally:
            connection.close()

    def _rest(self, client: IMAPClient) -> None:
        """Sleep until the server tells of something new, or it is time to look."""
        if not client.has_capability("IDLE"):
            self.stop.wait(POLL_SECONDS)
            client.noop()
            return
        until = time.monotonic() + _IDLE_SECONDS
        client.idle()
        heard = False
        while not (heard or self.stop.is_set()) and time.monotonic() < until:
            heard = any(len(told) > 1 and told[1] == b"EXISTS" for told in client.idle_check(0.5))
        client.idle_done()


class DatabaseAway(Exception):
    """The database stayed away for longer than was to be waited; the text says why."""


def run(*, patience: float = math.inf) -> None:
    """Watch the mailboxes of the desk, as they are set up at any time, until SIGTERM or SIGINT.

    Args:
        patience: seconds to wait for a database that is away; a part of a running desk waits for
            ever, since its supervisor has the database started again.

    Raises:
        DatabaseAway: it stayed away for longer.
    """
    from django.conf import settings

    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    watch_all(stop, settings.DATABASE_DSN, most_bytes=settings.MAIL_MAX_BYTES, patience=patience)


def watch_all(
    stop: threading.Event, dsn: str, *, most_bytes: int, patience: float = math.inf
) -> None:
    """Keep one watch for each mailbox that is set up for IMAP; a changed one begins anew.

    Raises:
        DatabaseAway: the database did not answer for ``patience`` seconds.
    """
    watches: dict[ImapAccount, Watch] = {}
    answered = time.monotonic()
    try:
        while not stop.is_set():
            try:
                wanted = set(accounts(dsn))
                answered = time.monotonic()
            except psycopg.Error as error:
                log.warning("mailboxes not read", error=str(error))
                if time.monotonic() - answered >= patience:
                    raise DatabaseAway(str(error)) from error
                wanted = set(watches)
            for account in set(watches) - wanted:
                watches.pop(account).stop.set()
            for account in wanted - set(watches):
                watches[account] = Watch(account, dsn, most_bytes=most_bytes)
            left = answered + patience - time.monotonic()
            stop.wait(min(_LOOK_FOR_MAILBOXES_SECONDS, max(left, _LEAST_WAIT_SECONDS)))
    finally:
        for watch in watches.values():
            watch.stop.set()
        for watch in watches.values():
            watch.thread.join(timeout=5)


def fetch_once(account: ImapAccount, dsn: str, *, most_bytes: int) -> tuple[int, str]:
    """Take what is there now; how many messages, and what people should know (or empty).

    Raises one of ``TROUBLE`` when the mailbox cannot be fetched.
    """
    taker = Taker(account, dsn, most_bytes=most_bytes)
    for session in range(1, _MOST_SESSIONS + 1):
        try:
            with signed_in(account) as client:
                taker.select(client)
                while taker.take_all(client):
                    pass
            break
        except (IMAPClientAbortError, OSError):
            if not taker.interrupted or session == _MOST_SESSIONS:
                raise
    report(account.mailbox_id, error=taker.trouble())
    return taker.count, taker.trouble()
