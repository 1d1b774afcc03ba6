"""The pages: does the web server answer?"""

import http.client
from collections.abc import Iterator

from django.conf import settings

from heliodesk.config import environment, postgres
from heliodesk.config.doctor.finding import Finding, doubtful, wrong
from heliodesk.config.server.ports import reachable


def look() -> Iterator[Finding]:
    """Ask the web server of this machine whether it is ready."""
    host = reachable(environment.text("HELIODESK_HOST", "127.0.0.1"))
    port = environment.number("HELIODESK_WEB_PORT", 8000)
    try:
        session = http.client.HTTPConnection(host, port, timeout=5)
        session.request("GET", "/readyz")
        status = session.getresponse().status
        session.close()
    except (OSError, http.client.HTTPException) as error:
        if postgres.is_served(settings.DATA):
            yield wrong(
                f"No page at {host}:{port} ({error}).",
                "See the log of heliodesk serve for why the web server ended.",
            )
        else:
            yield doubtful(
                f"No page at {host}:{port}.",
                "The desk is not running; start it with: heliodesk serve",
            )
        return
    if status != http.HTTPStatus.OK:
        yield wrong(f"{host}:{port}/readyz answers {status}.", "See the log of heliodesk serve.")
