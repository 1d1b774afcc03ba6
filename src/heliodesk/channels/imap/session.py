"""Connecting to a mailbox on an IMAP server."""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient, SocketTimeout

_CONNECT_SECONDS = 15.0
_ANSWER_SECONDS = 60.0


class NoSecret(Exception):
    """The password or token is not where the mailbox says."""


@dataclass(frozen=True)
class ImapAccount:
    """How a mailbox of the desk is reached by IMAP."""

    mailbox_id: int
    host: str
    port: int
    #: ``tls``, ``starttls`` or ``none``.
    security: str
    user: str
    #: A file (with a slash in its name) or an environment variable; read again at each login.
    secret: str
    #: ``password`` or ``xoauth2``.
    login: str
    folder: str
    done_folder: str

    def read_secret(self) -> str:
        """The password, or the access token that another program keeps fresh.

        Raises:
            NoSecret: it is not there.
        """
        if "/" in self.secret:
            try:
                return Path(self.secret).read_text().strip()
            except OSError as error:
                raise NoSecret(f"the secret file {self.secret}: {error.strerror}") from error
        value = os.environ.get(self.secret, "")
        if not value:
            raise NoSecret(f"the environment variable {self.secret or '(none named)'} is not set")
        return value


@contextmanager
def signed_in(account: ImapAccount) -> Iterator[IMAPClient]:
    """A session of this account, ended with the block.

    Raises:
        NoSecret: there is nothing to sign in with.
        OSError, imapclient.exceptions.IMAPClientError: the server is away or says no.
    """
    secret = account.read_secret()
    client = IMAPClient(
        account.host,
        account.port,
        ssl=account.security == "tls",
        ssl_context=ssl.create_default_context() if account.security == "tls" else None,
        timeout=SocketTimeout(_CONNECT_SECONDS, _ANSWER_SECONDS),
    )
    with client:
        if account.security == "starttls":
            client.starttls(ssl.create_default_context())
        if account.login == "xoauth2":
            client.oauth2_login(account.user, secret)
        else:
            client.login(account.user, secret)
        yield client
