"""A real Asterisk with the shipped files: their addresses and secrets set as an owner sets them."""

import math
import os
import re
import socket
import struct
import subprocess
import time
import wave
from dataclasses import dataclass
from pathlib import Path

from heliodesk.telephony import prompts
from tests.conftest import program
from tests.telephony.phones import CALLERS

SHIPPED = Path(__file__).parents[2] / "deploy" / "asterisk"
PHONES = ("eng-uk", "eng-us", "eng-au")
_PATIENCE = 60.0
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
#: Each prompt is a tone of its own: seconds, the first, and from one to the next in Hz.
_TONE_SECONDS, _FIRST_HZ, _STEP_HZ = 0.24, 400, 45
_RATE = 8000


def free_ports(kind: socket.SocketKind, count: int = 1) -> list[int]:
    """Ports of this machine that nobody has."""
    held = []
    for _ in range(count):
        one = socket.socket(socket.AF_INET, kind)
        one.bind(("127.0.0.1", 0))
        held.append(one)
    found = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return found


def tones() -> dict[str, int]:
    """The tone of each prompt, in Hz."""
    names = [name for name, _words in prompts.texts("en", "Meridian")]
    return {name: _FIRST_HZ + _STEP_HZ * place for place, name in enumerate(names)}


@dataclass
class Asterisk:
    """One Asterisk in a folder, listening on loopback."""

    folder: Path
    desk: str
    token: str
    #: Port of the carrier's side, where numbers outside are rung.
    carrier: int
    sip: int = 0
    manager: int = 0
    running: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it takes calls."""
        return f"127.0.0.1:{self.sip}"

    @property
    def root(self) -> Path:
        """Where its own files are."""
        found = program("asterisk")
        assert found
        return Path(found).parent / "root"

    def start(self) -> None:
        """Write its folder and wait until it takes calls."""
        [self.sip] = free_ports(socket.SOCK_DGRAM)
        [self.manager] = free_ports(socket.SOCK_STREAM)
        self._write()
        command = program("asterisk")
        assert command
        log = (self.folder / "log").open("wb")
        self.running = subprocess.Popen(
            [command, "-f", "-C", str(self.folder / "etc/asterisk.conf")],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, "TERM": "dumb"},
        )  # fmt: skip
        log.close()
        end = time.monotonic() + _PATIENCE
        while "fully booted" not in self.ask("core waitfullybooted"):
            assert self.running.poll() is None and time.monotonic() < end, self.log()
            time.sleep(0.1)
        assert " 0 modules" not in self.ask("module show like chan_pjsip"), self.log()

    def stop(self) -> None:
        """End it."""
        if self.running:
            self.running.terminate()
            try:
                self.running.wait(5)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait()

    def ask(self, command: str) -> str:
        """A command on its console, and what it says."""
        found = program("asterisk")
        assert found
        told = subprocess.run(
            [found, "-C", str(self.folder / "etc/asterisk.conf"), "-rx", command],
            capture_output=True, text=True, timeout=_PATIENCE, check=False,
        )  # fmt: skip
        return told.stdout + told.stderr

    def log(self) -> str:
        """What it wrote so far, without its colours."""
        path = self.folder / "log"
        text = path.read_text(errors="replace") if path.exists() else ""
        return _COLOUR.sub("", text)

    # --- its files ------------------------------------------------------------------------------

    def _write(self) -> None:
        for name in ("etc", "lib", "spool", "run", "logs", "data/sounds"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        share = self.root / "usr/share/asterisk"
        (self.folder / "data/documentation").symlink_to(share / "documentation")
        (self.folder / "data/sounds/en").symlink_to(share / "sounds/en_US_f_Allison")
        self._prompts()
        for name, text in self._own().items():
            (self.folder / "etc" / name).write_text(text)
        for name, changes in self._changes().items():
            text = (SHIPPED / name).read_text()
            for before, after in changes.items():
                assert before in text, f"{name} has no longer: {before}"
                text = text.replace(before, after)
            (self.folder / "etc" / name).write_text(text)

    def _own(self) -> dict[str, str]:
        """What is there beside the shipped files; each includes one of them as its head says."""
        modules = next((self.root / "usr/lib").glob("*/asterisk/modules"))
        loads = (SHIPPED / "modules-heliodesk.txt").read_text().split()
        folders = {
            "astetcdir": "etc", "astvarlibdir": "lib", "astdbdir": "lib", "astkeydir": "lib",
            "astdatadir": "data", "astspooldir": "spool", "astrundir": "run", "astlogdir": "logs",
        }  # fmt: skip
        return {
            "asterisk.conf": "[directories]\n"
            + "".join(f"{name} => {self.folder / place}\n" for name, place in folders.items())
            + f"astmoddir => {modules}\n[options]\nverbose = 3\n",
            "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={m}\n" for m in loads),
            "logger.conf": "[general]\n[logfiles]\nconsole => notice,warning,error,verbose\n",
            "extensions.conf": "#include extensions-heliodesk.conf\n",
            "pjsip.conf": "#include pjsip-heliodesk.conf\n" + self._more_phones(),
            "manager.conf": "#include manager-heliodesk.conf\n",
            "indications.conf": (self.root / "etc/asterisk/indications.conf")
            .read_text()
            .replace("country=us", "country=de"),
        }

    def _more_phones(self) -> str:
        """A block as that of ``eng-uk`` for each other telephone."""
        text = (SHIPPED / "pjsip-heliodesk.conf").read_text()
        block = text[text.index("[eng-uk](phone)") :]
        return "".join(block.replace("eng-uk", name) for name in PHONES[1:])

    def _changes(self) -> dict[str, dict[str, str]]:
        """What the heads of the shipped files tell their owner to put in."""
        return {
            "extensions-heliodesk.conf": {
                "DESK=http://127.0.0.1:8000": f"DESK={self.desk}",
                "DESK_TOKEN=change-me": f"DESK_TOKEN={self.token}",
            },
            "pjsip-heliodesk.conf": {
                "bind=0.0.0.0:5060": f"bind={self.address}",
                "contact=sip:sip.carrier.example:5060": f"contact=sip:{CALLERS}:{self.carrier}",
                "match=sip.carrier.example": f"match={CALLERS}",
            },
            "manager-heliodesk.conf": {"port=5038": f"port={self.manager}"},
        }

    def _prompts(self) -> None:
        """A recorded file for each prompt, as ``make-prompts`` names them: a tone of its own."""
        folder = self.folder / "data/sounds" / prompts.FOLDER
        folder.mkdir()
        for name, hz in tones().items():
            samples = (
                int(9000 * math.sin(2 * math.pi * hz * n / _RATE))
                for n in range(int(_TONE_SECONDS * _RATE))
            )
            with wave.open(str(folder / f"{name}.wav"), "wb") as file:
                file.setnchannels(1), file.setsampwidth(2), file.setframerate(_RATE)
                file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


#: Asterisk's own ring tone in the country that is set.
RING_HZ = 425
_WINDOW = 320


def heard(path: Path) -> list[int]:
    """The tones in a recording, in Hz and in order; speech and silence are left out.

    A tone is where three windows of 40 ms in a row cross zero equally often and loudly.
    """
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, _RATE)
        data = file.readframes(file.getnframes())
    samples = struct.unpack(f"<{len(data) // 2}h", data)
    found: list[int] = []
    run: list[float] = []
    for at in range(0, len(samples) - _WINDOW, _WINDOW):
        hz = _pitch(samples[at : at + _WINDOW])
        if hz and run and abs(hz - run[0]) < 14:
            run.append(hz)
        else:
            run = [hz] if hz else []
        if len(run) >= 3:
            near = round(sum(run) / len(run))
            if len(run) == 3:
                found.append(near)
            else:
                found[-1] = near
    return found


def _pitch(samples: tuple[int, ...]) -> float:
    """The pitch of a loud window by the time between its first and last rise through zero."""
    if sum(abs(sample) for sample in samples) / len(samples) < 1500:
        return 0.0
    rises = [
        n + samples[n] / (samples[n] - samples[n + 1])
        for n in range(len(samples) - 1)
        if samples[n] < 0 <= samples[n + 1]
    ]
    if len(rises) < 3:
        return 0.0
    return (len(rises) - 1) * _RATE / (rises[-1] - rises[0])


def played(path: Path) -> list[str]:
    """The prompts in a recording, by name; one that a late packet cut in two counts once."""
    names = {hz: name for name, hz in tones().items()}
    found: list[str] = []
    for hz in heard(path):
        near = min(names, key=lambda known: abs(known - hz))
        if abs(near - hz) <= 12 and found[-1:] != [names[near]]:
            found.append(names[near])
    return found
