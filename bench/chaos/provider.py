"""A provider of calls as a real HTTP server, with the faults that real ones have.

Of its answers some are 503, some never come, and some are lost after the call was placed. Each
request becomes a line of a log: when, under which key, with which text, and what became of it.
"""

import hashlib
import json
import random
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

#: Shares of requests: refused with 503, hanging, placed with the answer lost.
FAULTS = {"refused": 0.07, "hangs": 0.03, "lost": 0.02}
HANG_SECONDS = 8.0


class Provider(BaseHTTPRequestHandler):
    """Speaks as much of the REST interface as pages need."""

    log = Path()
    #: While this file is there, every request is refused.
    away = Path()
    chance = random.Random(7)

    def do_POST(self) -> None:
        """Place a call, or fail in one of the ways."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        fields = parse_qs(body.decode())
        fault = "refused" if self.away.exists() else self._fault()
        self._note(fields, fault)
        if fault == "refused":
            self._answer(503, {"message": "Service unavailable"})
        elif fault == "hangs":
            time.sleep(HANG_SECONDS)
        elif fault == "lost":
            self.close_connection = True
        else:
            self._answer(201, {"sid": f"CA{hashlib.sha1(body).hexdigest()[:32]}"})

    def _fault(self) -> str:
        point, passed = self.chance.random(), 0.0
        for name, share in FAULTS.items():
            passed += share
            if point < passed:
                return name
        return ""

    def _note(self, fields: dict[str, list[str]], fault: str) -> None:
        text = (fields.get("Twiml") or fields.get("Body") or [""])[0]
        line = {
            "at": time.time(),
            "key": self.headers.get("I-Twilio-Idempotency-Token", ""),
            "to": fields.get("To", [""])[0],
            "text": hashlib.sha1(text.encode()).hexdigest()[:12],
            "fault": fault,
        }
        with self.log.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def _answer(self, status: int, body: dict[str, str]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        """The log is enough."""


class Server(ThreadingHTTPServer):
    """Takes many calls at once, and minds no caller that goes away."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that went away is part of it."""


def main() -> None:
    """Serve on a port until killed: ``provider.py PORT LOG AWAY``."""
    Provider.log, Provider.away = Path(sys.argv[2]), Path(sys.argv[3])
    Server(("127.0.0.1", int(sys.argv[1])), Provider).serve_forever()


if __name__ == "__main__":
    main()
