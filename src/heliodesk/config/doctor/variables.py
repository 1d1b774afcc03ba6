"""Environment variables that are meant for the desk and that nothing reads: misspelt, mostly."""

import os
from collections.abc import Iterator
from contextlib import suppress
from difflib import get_close_matches

from django.apps import apps
from django.db import Error

from heliodesk.config.doctor.finding import Finding, doubtful, wrong

_OURS = "HELIODESK_"
_NAMES = """
    ALLOWED_HOSTS ANYMAIL API_PER_MINUTE BASE_URL BLOB_S3_ENDPOINT BLOB_S3_KEY BLOB_S3_REGION
    BLOB_S3_SECRET BLOB_URL COMPANY_SIGN_IN_INSIDE DATA DEBUG GUARD_SECONDS HEARTBEAT_URL HOST
    LIVE_PORT LIVE_URL LMTP_PORT LOG_FORMAT LOG_LEVEL MAIL_AUTHSERV_IDS MAIL_DKIM_KEY
    MAIL_DKIM_SELECTOR MAIL_FAILED_AUTH MAIL_HOST MAIL_IDLE_SECONDS MAIL_MAX_BYTES
    MAIL_MAX_CONNECTIONS MAIL_MAX_CONNECTIONS_PER_PEER MAIL_MAX_MESSAGES_PER_MINUTE
    MAIL_MAX_RECIPIENTS MAIL_OUTBOUND MAIL_SMTP_URL MAIL_TLS_CERT MAIL_TLS_KEY
    MAIL_TRUSTED_RELAYS METRICS_TOKEN PAGING PAGING_SMS PAGING_VOICE PARENT PG_BIN PUSH_CONTACT
    PUSH_KEY SECRET_KEYS SMTP_PORT TEST_RUN TRUSTED_PROXIES VOICE_ACCOUNT VOICE_AMI VOICE_API
    VOICE_ASTERISK_TOKEN VOICE_ASTERISK_TRUNK VOICE_CTI_TOKEN VOICE_FROM VOICE_PUBLIC_URL
    VOICE_SIGNALWIRE_KEY VOICE_TELNYX_KEY VOICE_TOKEN WEB_FILES_MAX WEB_FILE_MAX_BYTES
    WEB_FORMS_PER_HOUR WEB_FORMS_PER_HOUR_IN_ALL WEB_FORM_SHOWS_REFERENCE WEB_PORT WEB_WORKERS
"""
#: Every variable that the desk reads; a test holds the list to the code and to the documentation.
KNOWN = frozenset(
    [_OURS + name for name in _NAMES.split()] + ["DATABASE_URL", "DATABASE_DIRECT_URL"]
)
#: What goes wrong, unseen, when one of these is set under another name.
DANGEROUS = {
    "DATABASE_URL": "the desk works on another database",
    "HELIODESK_DATA": "the desk works in another data folder",
    "HELIODESK_BLOB_URL": "attachments are kept in another place",
    "HELIODESK_SECRET_KEYS": "another key signs sessions and reply addresses",
    "HELIODESK_MAIL_TLS_CERT": "mail is taken in without TLS",
    "HELIODESK_MAIL_TLS_KEY": "mail is taken in without TLS",
    "HELIODESK_MAIL_AUTHSERV_IDS": "nobody's verdict on forged senders is believed",
    "HELIODESK_MAIL_FAILED_AUTH": "mail with a forged sender is treated as usual",
    "HELIODESK_PAGING": "a P1 pages nobody that way",
    "HELIODESK_PAGING_SMS": "a P1 pages nobody that way",
    "HELIODESK_PAGING_VOICE": "a P1 pages nobody that way",
    "HELIODESK_HEARTBEAT_URL": "nobody hears that the pager stands still",
}
#: How alike two names are, from 0 to 1, for one to be meant by the other.
_ALIKE = 0.75


def look() -> Iterator[Finding]:
    """Every variable that looks like ours and is not, with the name that was probably meant."""
    named = {name for name in os.environ if _core(name) != name.upper() or name.upper() in KNOWN}
    for name in sorted(named - KNOWN - _of_mailboxes()):
        meant = nearest(name)
        harm = DANGEROUS.get(meant, "") if meant not in os.environ else ""
        if harm:
            yield wrong(
                f"{name} is set, and nothing reads it: if {meant} is meant, {harm}.",
                f"Name it {meant}, or unset it.",
            )
        else:
            hint = f"Name it {meant}, or unset it." if meant else "Unset it."
            yield doubtful(f"{name} is set, and nothing reads it.", hint)


def nearest(name: str) -> str:
    """The variable that was probably meant; empty when none is alike."""
    known = {_core(one): one for one in sorted(KNOWN)}
    found = get_close_matches(_core(name), known, n=1, cutoff=_ALIKE)
    return known[found[0]] if found else ""


def _core(name: str) -> str:
    """A name in capitals without what marks it as ours, however that is written."""
    name = name.upper()
    for mark in ("HELIODESK_", "HELIO_DESK_", "HELIODESK"):
        if name.startswith(mark):
            return name.removeprefix(mark)
    return name


def _of_mailboxes() -> set[str]:
    """Variables of the operator's own naming that hold the passwords of mailboxes."""
    if not apps.ready:
        return set()
    with suppress(Error):
        from heliodesk.channels.mailboxes import every_mailbox

        return {name for box in every_mailbox() for name in (box.imap_secret, box.smtp_secret)}
    return set()
