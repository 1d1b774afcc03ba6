"""A real Dovecot of the test's own: loopback ports, generated configuration, gone afterwards."""

import json
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from imapclient import IMAPClient
from tests.channels.certificates import self_made

TOKEN = "a-token-that-is-valid"

_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
mail_location = maildir:{home}/mail/%u
mail_uid = {user}
mail_gid = {user}
first_valid_uid = 1
first_valid_gid = 1
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
imap_capability = {capability}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {home}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password=right
}}
userdb {{
  driver = static
  args = uid={user} gid={user} home={home}/mail/%u
}}
"""
_OAUTH2 = """
introspection_mode = post
introspection_url = http://127.0.0.1:{port}/
username_attribute = username
active_attribute = active
active_value = true
"""


class _Introspection(BaseHTTPRequestHandler):
    """Says which tokens are valid, and whose they are."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        valid = parse_qs(body).get("token") == [TOKEN]
        told = {"active": "true", "username": "desk"} if valid else {"active": "false"}
        answer = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments: object) -> None:
        """Quietly."""


class Dovecot:
    """A running server: its ports, its certificate, and what is in its mailbox."""

    def __init__(self, home: Path, imap: int, imaps: int, cert: str) -> None:
        self.home, self.imap, self.imaps, self.cert = home, imap, imaps, cert

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """A session of the mailbox's owner, for looking and delivering."""
        with IMAPClient("127.0.0.1", self.imap, ssl=False) as client:
            client.login("desk", "right")
            yield client

    def deliver(self, *raws: bytes) -> None:
        with self.client() as client:
            for raw in raws:
                client.append("INBOX", raw)

    def files(self) -> list[Path]:
        """The files of the messages in the inbox."""
        inbox = self.home / "mail" / "desk"
        return sorted([*(inbox / "new").iterdir(), *(inbox / "cur").iterdir()])

    def count(self, folder: str, criteria: str = "ALL") -> int:
        with self.client() as client:
            if not client.folder_exists(folder):
                return 0
            client.select_folder(folder, readonly=True)
            return len(client.search(criteria))


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextmanager
def running_dovecot(capability: str = "") -> Iterator[Dovecot]:
    """Have Dovecot running while the block runs; ``capability`` replaces what it offers."""
    home = Path(tempfile.mkdtemp(prefix="heliodesk-dovecot-"))
    home.chmod(0o755)
    oauth2 = ThreadingHTTPServer(("127.0.0.1", 0), _Introspection)
    threading.Thread(target=oauth2.serve_forever, daemon=True).start()
    cert, key = self_made(home)
    imap, imaps = _free_ports(2)
    user = pwd.getpwnam("mail")
    (home / "mail").mkdir()
    shutil.chown(home / "mail", user.pw_uid, user.pw_gid)
    offered = f"IMAP4rev1 {capability}" if capability else ""
    (home / "oauth2.conf").write_text(_OAUTH2.format(port=oauth2.server_address[1]))
    (home / "conf").write_text(
        _CONFIG.format(
            home=home, user="mail", cert=cert, key=key, imap=imap, imaps=imaps, capability=offered
        )
    )
    with (home / "out").open("wb") as out:
        server = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", str(home / "conf")], stdout=out, stderr=out
        )
    found = Dovecot(home, imap, imaps, cert)
    try:
        _wait_until_it_answers(found)
        yield found
    finally:
        server.terminate()
        server.wait(10)
        oauth2.shutdown()
        oauth2.server_close()
        shutil.rmtree(home, ignore_errors=True)


def _wait_until_it_answers(server: Dovecot) -> None:
    for _ in range(100):
        try:
            with server.client():
                return
        except OSError:
            time.sleep(0.1)
    said = (server.home / "out").read_text() + (server.home / "log").read_text()
    raise AssertionError(f"Dovecot does not answer: {said}")
