"""Connecting to a mailbox on an IMAP server."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from imapclient import IMAPClient, SocketTimeout

from heliodesk.channels.credentials import Credentials
from heliodesk.channels.credentials import NoSecret as NoSecret

_CONNECT_SECONDS = 15.0
_ANSWER_SECONDS = 60.0


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

    #: A password that was typed on the page, sealed; or where tokens are fetched.
    sealed: str = ""
    token_url: str = ""
    client: str = ""
    scope: str = ""
    grant: str = ""

    def read_secret(self) -> str:
        """The password, or an access token.

        Raises:
            NoSecret: it is not there.
        """
        return Credentials(
            self.user, self.login, self.secret, self.sealed,
            self.token_url, self.client, self.scope, self.grant,
        ).read()  # fmt: skip


@contextmanager
def signed_in(
    account: ImapAccount, *, connect: float = _CONNECT_SECONDS, answer: float = _ANSWER_SECONDS
) -> Iterator[IMAPClient]:
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
        timeout=SocketTimeout(connect, answer),
    )
    with client:
        if account.security == "starttls":
            client.starttls(ssl.create_default_context())
        if account.login == "xoauth2":
            client.oauth2_login(account.user, secret)
        else:
            client.login(account.user, secret)
        yield client
