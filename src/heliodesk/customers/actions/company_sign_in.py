"""Set up an account's own identity provider, and switch it off."""

import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.db import transaction

from heliodesk.customers.actions.recording import tell_account
from heliodesk.customers.models import Account, CompanySignIn
from heliodesk.customers.rules import Refused, SignInKind
from heliodesk.journal.record import By
from heliodesk.kernel.sealing import seal
from heliodesk.kernel.text import one_line

_PEM = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"


@transaction.atomic
def set_company_sign_in(
    account: Account,
    *,
    kind: SignInKind,
    given: dict[str, str],
    required: bool,
    by: By,
    at: datetime,
) -> CompanySignIn:
    """Let the contacts of an account sign in by their company's identity provider.

    Args:
        given: what the form holds; ``server_url``, ``client_id``, ``client_secret`` for OpenID
            Connect (an empty secret keeps the one before), ``entity_id``, ``sso_url``,
            ``x509cert`` for SAML.

    Raises:
        Refused: something is missing, no address, or no certificate.
    """
    row = CompanySignIn.objects.select_for_update().filter(account=account).first()
    if row is None or row.kind != kind:
        CompanySignIn.objects.filter(account=account).delete()
        row = CompanySignIn(account=account, kind=kind, slug=secrets.token_hex(8))
    row.settings = _oidc(given) if kind == SignInKind.OIDC else _saml(given)
    secret = given.get("client_secret", "").strip()
    if secret:
        row.secret = seal(secret, _keys())
    if kind == SignInKind.OIDC and not row.secret:
        raise Refused("The client secret is missing.")
    row.required, row.changed_at = required, at
    row.save()
    tell_account(
        "sign_in_set", account.pk, by=by, at=at, how=str(kind), required=required,
        server=urlsplit(row.settings.get("server_url") or row.settings["sso_url"]).netloc,
    )  # fmt: skip
    return row


@transaction.atomic
def drop_company_sign_in(account: Account, *, by: By, at: datetime) -> None:
    """Contacts sign in by themselves again."""
    gone, _ = CompanySignIn.objects.filter(account=account).delete()
    if gone:
        tell_account("sign_in_dropped", account.pk, by=by, at=at)


def _oidc(given: dict[str, str]) -> dict[str, Any]:
    client = one_line(given.get("client_id", ""), 300)
    if not client:
        raise Refused("The client ID is missing.")
    return {"server_url": _address(given.get("server_url", "")), "client_id": client}


def _saml(given: dict[str, str]) -> dict[str, Any]:
    entity = one_line(given.get("entity_id", ""), 1000)
    if not entity:
        raise Refused("The entity ID of your identity provider is missing.")
    return {
        "entity_id": entity,
        "sso_url": _address(given.get("sso_url", "")),
        "x509cert": _certificate(given.get("x509cert", "")),
    }


def _address(text: str) -> str:
    address = text.strip().rstrip("/")
    parts = urlsplit(address)
    good = ("https", "http") if settings.COMPANY_SIGN_IN_INSIDE else ("https",)
    if parts.scheme not in good or not parts.hostname or len(address) > 1000:
        raise Refused(f"“{text.strip()}” is not an address; write it like https://login.example.")
    return address


def _certificate(text: str) -> str:
    """The certificate without its frame.

    Raises:
        Refused: it cannot be read as one.
    """
    lines = [line for line in text.split("\n") if "CERTIFICATE" not in line]
    bare = "".join("".join(lines).split())
    try:
        x509.load_pem_x509_certificate(_PEM.format(bare).encode())
    except ValueError as error:
        raise Refused("This is not a certificate; paste it from BEGIN to END.") from error
    return bare


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
