"""Settings with which some part of the desk could not start or do its work, seen beforehand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from heliodesk.config import environment
from heliodesk.config.environment import BadSetting

#: A fault and what to do about it.
Fault = tuple[str, str]
_SMTP = {"smtp", "smtp+starttls", "smtps"}


def check() -> None:
    """Look at the settings of the environment before anything is started.

    Raises:
        BadSetting: the desk could not run with them; says why and what to do.
    """
    from heliodesk.config import settings

    for says, do in faults(settings):
        raise BadSetting(f"{says} {do}")


def faults(settings: Any) -> Iterator[Fault]:
    """All that cannot work in these settings (Django's, or the module)."""
    yield from _numbers(settings)
    yield from _relays(settings)
    yield from _certificate(settings)
    yield from _ways_out(settings)
    if settings.MAIL_FAILED_AUTH not in {"hold", "flag"}:
        yield f"HELIODESK_MAIL_FAILED_AUTH is {settings.MAIL_FAILED_AUTH!r}.", "Give hold or flag."
    if settings.BLOB_URL and urlsplit(settings.BLOB_URL).scheme != "s3":
        yield (
            f"HELIODESK_BLOB_URL is {settings.BLOB_URL!r}.",
            "Give s3://bucket/prefix, or unset it.",
        )


def _numbers(settings: Any) -> Iterator[Fault]:
    asked = {
        "HELIODESK_WEB_WORKERS": environment.number("HELIODESK_WEB_WORKERS", 2),
        "HELIODESK_MAIL_MAX_BYTES": settings.MAIL_MAX_BYTES,
        "HELIODESK_MAIL_MAX_RECIPIENTS": settings.MAIL_MAX_RECIPIENTS,
        "HELIODESK_MAIL_MAX_CONNECTIONS": settings.MAIL_MAX_CONNECTIONS,
        "HELIODESK_MAIL_IDLE_SECONDS": settings.MAIL_IDLE_SECONDS,
    }
    for name, value in asked.items():
        if value < 1:
            yield f"{name} is {value}.", "Give a number above 0."


def _relays(settings: Any) -> Iterator[Fault]:
    from heliodesk.channels.smtp.limits import networks

    try:
        networks(settings.MAIL_TRUSTED_RELAYS)
    except ValueError as error:
        yield (
            f"HELIODESK_MAIL_TRUSTED_RELAYS cannot be read: {error}.",
            "Give addresses or ranges such as 192.0.2.7,198.51.100.0/24.",
        )


def _certificate(settings: Any) -> Iterator[Fault]:
    certificate, key = settings.MAIL_TLS_CERT, settings.MAIL_TLS_KEY
    for name, path in (("CERT", certificate), ("KEY", key)):
        if path and not Path(path).is_file():
            yield f"HELIODESK_MAIL_TLS_{name} names {path}, which is no file.", "Correct it."
    if bool(certificate) != bool(key):
        yield (
            "Only one of HELIODESK_MAIL_TLS_CERT and HELIODESK_MAIL_TLS_KEY is set.",
            "Set both, or neither.",
        )


def _ways_out(settings: Any) -> Iterator[Fault]:
    way, url = settings.MAIL_OUTBOUND, settings.MAIL_SMTP_URL
    if way not in {"capture", "smtp"} and "." not in way:
        yield (
            f"HELIODESK_MAIL_OUTBOUND is {way!r}.",
            "Give capture, smtp, or the path of a django-anymail backend.",
        )
    if url and urlsplit(url).scheme not in _SMTP:
        yield (
            f"HELIODESK_MAIL_SMTP_URL is no address of a mail server: {urlsplit(url).scheme}://….",
            "Give smtp+starttls://user:password@host:587, smtps://… or smtp://….",
        )
