"""What administrators do with the addresses of the desk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http.request import split_domain_port, validate_host

from heliodesk.channels.models import Mailbox
from heliodesk.channels.outgoing import is_address
from heliodesk.channels.reaching import inside
from heliodesk.journal.record import By, Happening, record

#: Which stored secret belongs to which server.
_SEALED = {
    "imap_host": "imap_sealed",
    "smtp_host": "smtp_sealed",
    "oauth_token_url": "oauth_sealed",
}


class Refused(Exception):
    """The mailbox cannot be so; the text says why, for people."""


def set_mailbox(
    address: str,
    *,
    changes: dict[str, Any],
    secrets: Mapping[str, str] | None = None,
    by: By,
    at: datetime,
) -> Mailbox:
    """Make the mailbox of this address, or change what is given of it; journalled.

    A new one needs a code and a name; without them the address lends its own words.

    Args:
        secrets: columns of sealed secrets; the journal tells their names only.

    A stored secret is forgotten when its server changes and it was not typed again: nobody has
    it sent elsewhere without knowing it.

    Raises:
        Refused: a value is none, the portal cannot be at ``site``, the code belongs to another
            mailbox, or the doer is no administrator and names a server inside the desk's own
            network, or a secret of the host that the desk runs on.
    """
    if changes.get("site"):
        changes = {**changes, "site": checked_site(changes["site"])}
    token_host = urlsplit(changes.get("oauth_token_url", "")).hostname or ""
    for host in (changes.get("imap_host", ""), changes.get("smtp_host", ""), token_host):
        refuse_inside(host, by)
    for one in (address, *changes.get("aliases", ())):
        if not is_address(one):
            raise Refused(f"{one} is no e-mail address.")
    with transaction.atomic():
        row = Mailbox.objects.select_for_update().filter(address__iexact=address).first()
        verb = "changed" if row else "added"
        if row is None:
            local = address.partition("@")[0]
            row = Mailbox(address=address, code=local.replace("+", "-").lower(), name=local)
        _refuse_places(row, changes, by)
        dropped = {
            sealed: ""
            for server, sealed in _SEALED.items()
            if getattr(row, sealed)
            and changes.get(server, getattr(row, server)) != getattr(row, server)
        }
        for name, value in {**changes, **dropped, **(secrets or {})}.items():
            setattr(row, name, value)
        try:
            row.full_clean()
            row.save()
        except ValidationError as error:
            raise Refused(_told(error)) from error
        except IntegrityError as error:
            raise Refused(f"Another mailbox has the code or address of {address}.") from error
        told = {"address": address, **changes}
        if secrets:
            told["secrets"] = sorted(secrets)
        happening = Happening(verb, "mailbox", row.pk, told)
        record([happening], by=by, at=at)
    return row


def checked_site(text: str) -> str:
    """The address of a brand's portal, as letters link to it: no slash at its end.

    Raises:
        Refused: it is none, goes in the clear where the desk does not, or is of a host that the
            desk does not answer to.
    """
    given = text.strip().rstrip("/").lower()
    own = urlsplit(settings.BASE_URL)
    try:
        url = urlsplit(given)
        found = f"{url.scheme}://{url.netloc}" == given and bool(url.hostname)
        found = found and "@" not in url.netloc and (url.port is None or url.port > 0)
    except ValueError:
        found = False
    if not found or url.scheme not in {"https", own.scheme}:
        raise Refused(
            f"{text.strip()} is not where a portal can be. Give {own.scheme}:// and a host name, "
            "with nothing after it."
        )
    if not validate_host(split_domain_port(url.netloc)[0], settings.ALLOWED_HOSTS):
        raise Refused(
            f"The desk does not answer to {url.hostname} yet. Add it to HELIODESK_ALLOWED_HOSTS."
        )
    return given


def refuse_inside(host: str, by: By) -> None:
    """Let nobody but an administrator point the desk at its own network.

    Raises:
        Refused: the server is there, and the doer is no administrator.
    """
    if not host or _administers(by):
        return
    where = inside(host)
    if where:
        raise Refused(
            f"{host} is at {where}, inside the desk’s own network. "
            "Only an administrator may have the desk connect there."
        )


def _refuse_places(row: Mailbox, changes: Mapping[str, Any], by: By) -> None:
    """Files and variables of the host are the administrator's to name, and to have sent."""
    if _administers(by):
        return
    for place, server in (("imap_secret", "imap_host"), ("smtp_secret", "smtp_host")):
        now = getattr(row, place)
        moved = now and changes.get(server, getattr(row, server)) != getattr(row, server)
        if moved or changes.get(place, now) != now:
            raise Refused(
                "Only an administrator may say where a secret is kept outside the desk, or change "
                "the server that it is sent to."
            )


def _administers(by: By) -> bool:
    return by.kind == "system" or (by.role == "admin" and by.own is None)


def _told(error: ValidationError) -> str:
    return "; ".join(
        f"{name.replace('_', ' ')}: {' '.join(messages)}"
        for name, messages in error.message_dict.items()
    )
