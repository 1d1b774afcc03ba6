"""Taking the new messages of a folder: fetch, make durable, then move or mark as seen."""

from collections import Counter
from collections.abc import Sequence

import psycopg
import structlog
from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from heliodesk.channels.arrivals import Arrival, keep
from heliodesk.channels.imap.session import ImapAccount
from heliodesk.kernel import clock

log = structlog.get_logger()

_MOST_TOGETHER = 50
_MOST_BYTES_TOGETHER = 8 * 2**20
#: A message that ended the connection this often, alone, is left where it is.
_FATAL = 2
_BODY = b"BODY[]"


class Taker:
    """Takes the messages of one mailbox, over however many sessions.

    A message that cannot be fetched stays where it is, is told in ``left``, and keeps no other
    waiting; it is tried again when the process starts anew.
    """

    def __init__(self, account: ImapAccount, dsn: str, *, most_bytes: int) -> None:
        self.account = account
        self._dsn = dsn
        self._most_bytes = most_bytes
        #: How many messages were taken.
        self.count = 0
        #: Why messages were left, by UID validity and UID.
        self.left: dict[tuple[int, int], str] = {}
        #: Those whose mark does not hold on this server must not be taken for new for ever.
        self._taken: set[tuple[int, int]] = set()
        self._deaths: Counter[int] = Counter()
        #: A message ended the connection while it was fetched.
        self.interrupted = False
        self._one_by_one = False
        self._validity = 0

    def select(self, client: IMAPClient) -> None:
        """Open the folder, and make the one for mail that is done."""
        self.interrupted = False
        done = self.account.done_folder
        if done and not client.folder_exists(done):
            client.create_folder(done)
        self._validity = int(client.select_folder(self.account.folder)[b"UIDVALIDITY"])

    def take_all(self, client: IMAPClient) -> int:
        """Take what is new in the selected folder; how many messages were taken.

        Raises:
            psycopg.Error: the database is away; what was not stored stays on the server.
            OSError, IMAPClientAbortError: the connection ended.
        """
        taken = 0
        for batch in self._batches(client):
            raws = self._fetched(client, batch)
            self._keep(raws)
            if raws:
                self._set_aside(client, list(raws))
                self._taken.update((self._validity, uid) for uid in raws)
            taken += len(raws)
            self.count += len(raws)
        return taken

    def _batches(self, client: IMAPClient) -> list[list[int]]:
        """The UIDs of what is new, in batches that memory and a transaction take well."""
        wanted = ["UNDELETED"] if self.account.done_folder else ["UNSEEN", "UNDELETED"]
        known = self._taken | self.left.keys()
        uids = [uid for uid in client.search(wanted) if (self._validity, uid) not in known]
        batches: list[list[int]] = []
        size = 0
        for at in range(0, len(uids), 1000):
            sizes = client.fetch(uids[at : at + 1000], ["RFC822.SIZE"])
            for uid in uids[at : at + 1000]:
                octets = int(sizes.get(uid, {}).get(b"RFC822.SIZE", 0))
                if octets > self._most_bytes:
                    self._leave(uid, f"{octets} bytes are more than the desk takes")
                    continue
                size += octets
                full = size > _MOST_BYTES_TOGETHER or self._one_by_one
                if not batches or full or len(batches[-1]) >= _MOST_TOGETHER:
                    batches.append([])
                    size = octets
                batches[-1].append(uid)
        return batches

    def _fetched(self, client: IMAPClient, batch: Sequence[int]) -> dict[int, bytes]:
        """The messages of a batch; those that trouble the others are fetched alone."""
        if len(batch) > 1:
            try:
                raws = self._fetch(client, batch)
            except (IMAPClientAbortError, OSError):
                self._one_by_one = self.interrupted = True
                raise
            except (IMAPClientError, ProtocolError, ValueError, LookupError):
                raws = {}
        else:
            raws = {}
        for uid in batch:
            if uid not in raws:
                raw = self._fetched_alone(client, uid)
                if raw is not None:
                    raws[uid] = raw
        return raws

    def _fetched_alone(self, client: IMAPClient, uid: int) -> bytes | None:
        try:
            raw = self._fetch(client, [uid]).get(uid)
        except (IMAPClientAbortError, OSError) as error:
            self.interrupted = True
            self._deaths[uid] += 1
            if self._deaths[uid] >= _FATAL:
                self._leave(uid, f"the connection ends when it is fetched: {error}")
            raise
        except (IMAPClientError, ProtocolError, ValueError, LookupError) as error:
            self._leave(uid, str(error) or type(error).__name__)
            return None
        if raw is None and client.search(["UID", str(uid)]):
            self._leave(uid, "the server does not hand it out")
        return raw

    @staticmethod
    def _fetch(client: IMAPClient, uids: Sequence[int]) -> dict[int, bytes]:
        found = client.fetch(list(uids), ["BODY.PEEK[]"])
        return {uid: found[uid][_BODY] for uid in uids if found.get(uid, {}).get(_BODY) is not None}

    def _keep(self, raws: dict[int, bytes]) -> None:
        """Make messages durable; one that was stored before is the same message."""
        account, at = self.account, clock.now()
        arrivals = [
            Arrival(
                mailbox_id=account.mailbox_id,
                channel="imap",
                at=at,
                raw=raw,
                peer=account.host,
                source_key=f"imap:{account.mailbox_id}:{account.folder}:{self._validity}:{uid}",
            )
            for uid, raw in raws.items()
        ]
        if arrivals:
            with psycopg.connect(self._dsn, autocommit=True, connect_timeout=10) as connection:
                numbers = keep(connection, arrivals)
            log.info("mail fetched", mailbox=account.mailbox_id, taken=len(raws), new=len(numbers))

    def _set_aside(self, client: IMAPClient, uids: list[int]) -> None:
        """Move messages to the folder for what is done, or mark them as seen."""
        done = self.account.done_folder
        if not done:
            client.add_flags(uids, [SEEN], silent=True)
        elif client.has_capability("MOVE"):
            client.move(uids, done)
        else:
            client.copy(uids, done)
            client.delete_messages(uids, silent=True)
            if client.has_capability("UIDPLUS"):
                client.uid_expunge(uids)
            else:
                client.expunge()

    def _leave(self, uid: int, reason: str) -> None:
        self.left[self._validity, uid] = " ".join(reason.split())[:300]
        log.warning("mail left", mailbox=self.account.mailbox_id, uid=uid, reason=reason[:300])

    def trouble(self) -> str:
        """What people should know about messages that were left; empty when none were."""
        if not self.left:
            return ""
        (_, uid), reason = next(reversed(self.left.items()))
        return f"{len(self.left)} left on the server; the latest, UID {uid}: {reason}"
