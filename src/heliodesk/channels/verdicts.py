"""What our own mail server found out about a sender: DMARC, SPF, DKIM (RFC 8601).

Anybody can write an Authentication-Results header. Only the topmost one that names a configured
server is believed; every other says nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_RESULTS = {"pass", "fail", "none", "neutral", "softfail", "policy", "temperror", "permerror"}
#: A header longer than this was not written by a mail server that means well.
_LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """The results of the trusted header; empty where it says nothing."""

    dmarc: str = ""
    spf: str = ""
    dkim: str = ""


NOTHING = Verdict()


def verdict(headers: Sequence[str], trusted: Sequence[str]) -> Verdict:
    """The verdict on a message.

    Args:
        headers: its Authentication-Results values, topmost first.
        trusted: names of the servers that are believed (authserv-id).
    """
    wanted = {name.lower() for name in trusted}
    if not wanted:
        return NOTHING
    for value in headers:
        if len(value) <= _LONGEST and _server(value) in wanted:
            return _read(value)
    return NOTHING


def _server(value: str) -> str:
    """The authserv-id that a header begins with."""
    words = value.split(";", 1)[0].split()
    return words[0].strip().lower() if words else ""


def _read(value: str) -> Verdict:
    """The results, by method; a header that cannot be read says nothing."""
    from authres import AuthenticationResultsHeader, AuthResError  # only where one is trusted

    try:
        parsed = AuthenticationResultsHeader.parse(f"Authentication-Results: {_unfolded(value)}")
    except (AuthResError, RecursionError):
        return NOTHING
    found: dict[str, list[str]] = {}
    for result in parsed.results:
        word = str(result.result or "").lower()
        if word in _RESULTS:
            found.setdefault(str(result.method or "").lower(), []).append(word)
    dmarc, spf, dkim = (found.get(method, [""]) for method in ("dmarc", "spf", "dkim"))
    return Verdict(
        # Two opinions on the same sender: the worse one holds.
        dmarc=next((word for word in dmarc if word != "pass"), dmarc[0]),
        spf=next((word for word in spf if word != "pass"), spf[0]),
        # A message may carry several signatures; one that holds is enough.
        dkim="pass" if "pass" in dkim else dkim[0],
    )


def _unfolded(value: str) -> str:
    return " ".join(value.split())
