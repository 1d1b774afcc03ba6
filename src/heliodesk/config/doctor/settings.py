"""Settings that would let strangers in, lose mail, or send it from the wrong address."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from heliodesk.config import environment, workable
from heliodesk.config.doctor.finding import Finding, doubtful, wrong

SHORTEST_KEY = 32
SHORTEST_TOKEN = 16
FEWEST_DIFFERENT_CHARACTERS = 10
#: Port -> what it is unless it is set; the live stream follows the pages.
PORTS = {"WEB": 8000, "LIVE": 0, "SMTP": 2525, "LMTP": 2424}
HIGHEST_PORT = 65_535
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def look() -> Iterator[Finding]:
    """Everything that can be judged from the settings alone."""
    yield from _debug()
    yield from _keys()
    yield from _address()
    yield from _names()
    yield from _ports()
    yield from _mail()
    yield from _watching()


def local() -> bool:
    """Whether the desk is meant for this machine only."""
    return urlsplit(settings.BASE_URL).hostname in LOOPBACK


def _debug() -> Iterator[Finding]:
    if settings.DEBUG:
        tell = doubtful if local() else wrong
        yield tell(
            "HELIODESK_DEBUG is on: errors show settings and code to whoever causes them.",
            "Unset HELIODESK_DEBUG.",
        )


def _keys() -> Iterator[Finding]:
    for key in settings.SECRET_KEYS:
        plain = len(set(key)) < FEWEST_DIFFERENT_CHARACTERS
        known = key.startswith(("django-insecure", "changeme", "change-me", "secret"))
        if len(key) < SHORTEST_KEY or plain or known:
            yield wrong(
                "A key in HELIODESK_SECRET_KEYS is short or easily guessed; with it anyone can "
                "forge sessions and reply addresses.",
                "Use one made by: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
            )
    secret = Path(settings.DATA) / "secret"
    if secret.exists() and secret.stat().st_mode & 0o077:
        yield wrong(f"Others may read {secret}.", f"Run: chmod 600 {secret}")


def _address() -> Iterator[Finding]:
    url = urlsplit(settings.BASE_URL)
    if url.scheme not in {"http", "https"} or not url.hostname:
        yield wrong(
            f"HELIODESK_BASE_URL is {settings.BASE_URL!r}, not an address.",
            "Give the address that people type, such as https://support.example.com.",
        )
    elif url.scheme == "http" and not local():
        yield wrong(
            "HELIODESK_BASE_URL is http: passwords and sessions cross the network in the clear, "
            "and cookies are not marked secure.",
            "Put the desk behind a proxy with TLS and give its https address.",
        )


def _names() -> Iterator[Finding]:
    hosts = settings.ALLOWED_HOSTS
    if "*" in hosts:
        yield wrong(
            "HELIODESK_ALLOWED_HOSTS has *: the desk answers to any name.",
            "Name the hosts that people use.",
        )
    host = urlsplit(settings.BASE_URL).hostname or ""
    accepted = any(host == one or (one[:1] == "." and host.endswith(one)) for one in hosts)
    if host and "*" not in hosts and not accepted and f"[{host}]" not in hosts:
        yield wrong(
            f"HELIODESK_ALLOWED_HOSTS lacks {host}, so the desk refuses its own address.",
            f"Add {host} to HELIODESK_ALLOWED_HOSTS.",
        )


def _ports() -> Iterator[Finding]:
    taken: dict[int, str] = {}
    for part, usual in PORTS.items():
        name = f"HELIODESK_{part}_PORT"
        try:
            number = environment.number(name, usual or max(taken, default=usual) + 1)
        except environment.BadSetting as error:
            yield wrong(str(error), f"Give {name} a port from 1 to {HIGHEST_PORT}.")
            continue
        if not 1 <= number <= HIGHEST_PORT:
            yield wrong(f"{name} is {number}.", f"Give a port from 1 to {HIGHEST_PORT}.")
        elif number in taken:
            yield wrong(f"{name} and {taken[number]} are both {number}.", "Change one of them.")
        taken.setdefault(number, name)


def _mail() -> Iterator[Finding]:
    for says, do in workable.faults(settings):
        yield wrong(says, do)
    if settings.MAIL_HOST not in LOOPBACK and not settings.MAIL_TLS_CERT:
        yield doubtful(
            f"Mail is taken in at {settings.MAIL_HOST} without TLS.",
            "Set HELIODESK_MAIL_TLS_CERT and HELIODESK_MAIL_TLS_KEY, or listen at 127.0.0.1 only.",
        )


def _watching() -> Iterator[Finding]:
    if 0 < len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        yield wrong("HELIODESK_METRICS_TOKEN is easily guessed.", "Give 16 characters or more.")
