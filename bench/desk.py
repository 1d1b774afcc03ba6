"""The desk that is measured: one of our own in a scratch folder, or one that runs already."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench import cpu

START_SECONDS = 600.0


@dataclass
class Desk:
    """Where a desk is reached, and whose processor time counts."""

    host: str
    web_port: int
    smtp_port: int
    lmtp_port: int
    live_port: int
    dsn: str
    #: The processes whose trees are the desk: its parent, and PostgreSQL's.
    roots: list[int] = field(default_factory=list)
    #: The variables that lead a command of ours to this desk.
    environment: dict[str, str] = field(default_factory=dict)

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection of our own, for loading and for counting."""
        return psycopg.connect(self.dsn, autocommit=True)

    def spent(self) -> dict[str, float]:
        """Processor seconds so far."""
        return cpu.seconds(self.roots)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens at right now."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    numbers = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return numbers


@contextmanager
def started(folder: Path | None = None, **variables: str) -> Iterator[Desk]:
    """A desk of our own until the block ends, in this folder or in one that is removed after."""
    data = Path(folder or tempfile.mkdtemp(prefix="heliodesk-bench-"))
    web, live, smtp, lmtp = free_ports(4)
    names = {"WEB": web, "LIVE": live, "SMTP": smtp, "LMTP": lmtp}
    environment = os.environ | {f"HELIODESK_{k}_PORT": str(v) for k, v in names.items()}
    environment |= {"HELIODESK_DATA": str(data), **variables}
    data.mkdir(parents=True, exist_ok=True)
    log = data / "serve.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "heliodesk", "serve"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=environment,
            start_new_session=True,
        )
    try:
        for port in (web, smtp, lmtp):
            _wait(port, process, log)
        desk = Desk("127.0.0.1", web, smtp, lmtp, live, _dsn(data, environment), [process.pid])
        desk.environment = environment
        desk.roots += postmaster(desk)
        yield desk
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if folder is None:
            shutil.rmtree(data, ignore_errors=True)


def _dsn(data: Path, environment: dict[str, str]) -> str:
    from heliodesk.config import postgres

    return environment.get("DATABASE_URL") or postgres.dsn(data)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"The desk did not start:\n{log.read_text()[-3000:]}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"Nothing answers at port {port}:\n{log.read_text()[-3000:]}")


def postmaster(desk: Desk) -> list[int]:
    """PostgreSQL's main process, when it runs on this machine."""
    with desk.connect() as connection:
        row = connection.execute("select pg_backend_pid()").fetchone()
        assert row
        found = cpu.parent_of(int(str(row[0])))
    line = Path(f"/proc/{found}/cmdline")
    return [found] if found and line.exists() and b"postgres" in line.read_bytes() else []


def is_empty(desk: Desk) -> bool:
    """Whether no case is there yet."""
    with desk.connect() as connection:
        return connection.execute("select exists (select from cases_case)").fetchone() == (False,)


def add_person(desk: Desk, email: str, password: str) -> None:
    """Somebody who can sign in."""
    words = ["user", "add", email, "--name", "Bench Agent", "--role", "lead", "--password-stdin"]
    subprocess.run(
        [sys.executable, "-m", "heliodesk", *words],
        input=password,
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
        env=desk.environment,
    )


def add_contact(desk: Desk, email: str) -> str:
    """Let a contact who sees a whole account's cases into the portal with the password of this
    person of the desk; the contact's address."""
    with desk.connect() as connection:
        row = connection.execute(_CONTACT, {"email": email}).fetchone()
    assert row
    return str(row[0])


_CONTACT = """
with chosen as (
    select k.id, k.name, k.user_id, e.address from cases_case c
      join customers_contactrole r on r.account_id = c.account_id and r.kind = 'designated'
      join customers_contact k on k.id = r.contact_id
      join customers_contactaddress e on e.contact_id = k.id
     where k.active group by k.id, e.address order by count(*) desc, k.id limit 1
), made as (
    insert into identity_user (email, name, role, zone, signature, is_active, created_at, password)
    select address, name, 'contact', 'Europe/London', '', true, now(),
        (select password from identity_user where email = %(email)s)
      from chosen where user_id is null returning id
), linked as (
    update customers_contact k set user_id = made.id from made, chosen where k.id = chosen.id
)
select address from chosen
"""
