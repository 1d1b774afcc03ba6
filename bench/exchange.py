"""An exchange in front of a desk: each call asks by HTTP steps, as the shipped dialplan does."""

import http.client
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

CALLED = "+442078478701"
#: As the dialplan's CURL waits, to connect and in all.
CONNECT_SECONDS, SECONDS = 2.0, 4.0


@dataclass
class Exchange:
    """Where the desk is, and the token that lets us ask."""

    host: str
    port: int
    token: str


@dataclass
class Call:
    """One call on its way through the dialplan."""

    exchange: Exchange
    id: str
    number: str
    step: int = 0
    #: Seconds that each answered step took.
    took: list[float] = field(default_factory=list)
    #: The desk did not answer: everybody on call is rung from now on.
    fell_back: bool = False
    #: Seconds from the last word of the desk until everybody was rung.
    waited: float = 0.0

    def ask(self, digits: str = "", dialstatus: str = "") -> dict[str, str]:
        """One step; nothing when the desk did not answer it."""
        told = self.post(
            "step", {"from": self.number, "to": CALLED, "step": str(self.step), "digits": digits,
                     "dialstatus": dialstatus},
        )  # fmt: skip
        self.step += 1
        if told is None or told.get("do") not in {"gather", "dial", "bye"}:
            self.fell_back = True
            return {}
        return told

    def hang_up(self, dialstatus: str = "", talked: int = 0) -> None:
        """The end, told once."""
        self.post("hangup", {"dialstatus": dialstatus, "talked": str(talked)})

    def post(self, what: str, fields: dict[str, str]) -> dict[str, str] | None:
        """One bounded request, as CURL makes it."""
        began = time.monotonic()
        line = http.client.HTTPConnection(
            self.exchange.host, self.exchange.port, timeout=CONNECT_SECONDS
        )
        try:
            line.connect()
            line.sock.settimeout(SECONDS - (time.monotonic() - began))
            line.request(
                "POST", f"/voice/asterisk/{what}", urlencode({"call": self.id, **fields}),
                {"Authorization": f"Bearer {self.exchange.token}",
                 "Content-Type": "application/x-www-form-urlencoded"},
            )  # fmt: skip
            answer = line.getresponse()
            said = answer.read().decode()
        except (TimeoutError, OSError, http.client.HTTPException):
            self.waited = time.monotonic() - began
            return None
        finally:
            line.close()
        if answer.status != 200:
            self.waited = time.monotonic() - began
            return None
        if what == "step":
            self.took.append(time.monotonic() - began)
        return {name: values[0] for name, values in parse_qs(said).items()}
