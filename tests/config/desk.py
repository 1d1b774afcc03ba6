"""A desk with plain parts instead of the real ones, run by the real supervisor."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

#: Listens at the ports that it is given, notes its start and its end, ends at once on SIGTERM.
PART = """
import os, signal, socket, sys, time
from heliodesk.config.server.parent import end_with_supervisor
end_with_supervisor()
name, notes, stubborn, *ports = sys.argv[1:]
def note(what):
    with open(notes, "a") as file:
        file.write(f"{time.monotonic():.3f} {name} {what} {os.getpid()}\\n")
def end(*_):
    note("end")
    raise SystemExit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if stubborn == "1" else end)
listening = [socket.create_server(("127.0.0.1", int(port))) for port in ports]
note("start")
while True:
    time.sleep(0.05)
"""

SERVE = """
import json, sys
from dataclasses import dataclass
from pathlib import Path
from heliodesk.config.server import schema
from heliodesk.config.server.options import Options
from heliodesk.config.server.parts import Part
from heliodesk.config.server.supervisor import CannotServe, Supervisor

given = json.loads(sys.argv[1])

@dataclass(frozen=True)
class Plain(Part):
    given: tuple = ()

    @property
    def command(self):
        return [sys.executable, *self.given]

schema.ensure_current = lambda dsn: False
options = Options(**(given["options"] | {"data": Path(given["options"]["data"])}))
options.export()
parts = [Plain(p["name"], "", "json", p["patience"], tuple(p["command"])) for p in given["parts"]]
desk = Supervisor(options, parts=parts)
try:
    desk.run(before=lambda: None, ready=lambda: print("READY", flush=True))
except CannotServe as trouble:
    sys.exit(f"Error: {trouble}")
"""


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens at right now."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    numbers = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return numbers


class PlainDesk:
    """A supervisor in a process of its own, with four plain parts."""

    def __init__(self, folder: Path, *, stubborn: str = "", ports: list[int] | None = None) -> None:
        self.data = folder / "data"
        self.notes = folder / "notes"
        self.stubborn = stubborn
        self.ports = ports or free_ports(4)
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> "PlainDesk":
        web, live, smtp, lmtp = self.ports
        options = {
            "data": str(self.data),
            "host": "127.0.0.1",
            "web_port": web,
            "live_port": live,
            "mail_host": "127.0.0.1",
            "smtp_port": smtp,
            "lmtp_port": lmtp,
        }
        parts = [
            self._part("web", 1.0, web),
            self._part("live", 0.5, live),
            self._part("mail-listener", 1.0, smtp, lmtp),
            self._part("worker", 2.0),
        ]
        without = {"DATABASE_URL", "HELIODESK_DATA"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, json.dumps({"options": options, "parts": parts})],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={name: value for name, value in os.environ.items() if name not in without},
        )
        return self

    def _part(self, name: str, patience: float, *ports: int) -> dict[str, object]:
        stubborn = "1" if name == self.stubborn else "0"
        command = ["-c", PART, name, str(self.notes), stubborn, *map(str, ports)]
        return {"name": name, "patience": patience, "command": command}

    def ready(self, *, seconds: float = 30) -> float:
        """Wait until the supervisor says that all ports answer; how long it took."""
        assert self.process and self.process.stdout
        begun = time.monotonic()
        line = self.process.stdout.readline()
        assert line == "READY\n", self.process.communicate(timeout=seconds)
        return time.monotonic() - begun

    def stop(self, sign: int = signal.SIGTERM) -> tuple[float, str]:
        """Tell it to end; the seconds it took, and what it had said."""
        assert self.process
        begun = time.monotonic()
        self.process.send_signal(sign)
        _, said = self.process.communicate(timeout=30)
        return time.monotonic() - begun, said

    def noted(self, what: str) -> list[tuple[str, int]]:
        """The parts that started or ended, in order, with their process numbers."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        found = [line.split() for line in lines]
        return [(name, int(number)) for _, name, noted, number in found if noted == what]
