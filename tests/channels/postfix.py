"""A real Postfix of the test's own: loopback port, generated configuration, gone afterwards."""

import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.channels.certificates import self_made

_MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {home}/log
maillog_file_prefixes = /tmp, /var
myhostname = mx.desk.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
local_recipient_maps =
alias_maps =
virtual_mailbox_domains = desk.example
virtual_mailbox_maps = regexp:{home}/boxes
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = smtp:[127.0.0.1]:{onward}
smtp_host_lookup = native
smtp_dns_support_level = disabled
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 1 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
local     unix  - n n - - local
virtual   unix  - n n - - virtual
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """A running server: its port and certificate."""

    def __init__(self, home: Path, port: int, cert: str) -> None:
        self.home, self.port, self.cert = home, port, cert

    def send(self, sender: str, recipient: str, raw: bytes) -> None:
        """Hand a message to it, as another server of the world would."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as session:
            session.sendmail(sender, [recipient], raw)

    def try_again(self) -> None:
        """Have it try at once what waits in its queue."""
        subprocess.run(["postqueue", "-c", str(self.home), "-f"], check=True)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running_postfix(*, lmtp: int, onward: int) -> Iterator[Postfix]:
    """Have Postfix running: desk.example goes to ``lmtp``, everything else to ``onward``."""
    home = Path(tempfile.mkdtemp(prefix="heliodesk-postfix-"))
    home.chmod(0o755)
    cert, key = self_made(home)
    port = free_port()
    for folder in ("queue", "data"):
        (home / folder).mkdir()
    shutil.chown(home / "data", "postfix")
    (home / "boxes").write_text("/^(support|help)(\\+.*)?@desk\\.example$/ x\n")
    (home / "main.cf").write_text(
        _MAIN.format(home=home, cert=cert, key=key, lmtp=lmtp, onward=onward)
    )
    (home / "master.cf").write_text(_MASTER.format(port=port))
    try:
        _control(home, "start")
        _wait_until_it_answers(home, port)
        yield Postfix(home, port, cert)
    finally:
        _control(home, "stop", check=False)
        shutil.rmtree(home, ignore_errors=True)


def _control(home: Path, verb: str, *, check: bool = True) -> None:
    with (home / "out").open("ab") as out:
        done = subprocess.run(
            ["/usr/sbin/postfix", "-c", str(home), verb],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=60, check=False,
        )  # fmt: skip
    if check and done.returncode:
        raise AssertionError(f"Postfix does not {verb}: {(home / 'out').read_text()}")


def _wait_until_it_answers(home: Path, port: int) -> None:
    for _ in range(100):
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    logs = [path.read_text() for path in (home / "out", home / "log") if path.exists()]
    raise AssertionError(f"Postfix does not answer: {' '.join(logs)}")
