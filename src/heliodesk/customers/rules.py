"""The words of the customers room."""

import re
from enum import StrEnum
from pathlib import Path


class Lifecycle(StrEnum):
    """Where an account stands with the vendor."""

    IMPLEMENTATION = "implementation"
    LIVE = "live"
    ENDED = "ended"


class RoleKind(StrEnum):
    """What a contact may be at an account; every kind may raise cases."""

    AUTHORISED = "authorised"
    DESIGNATED = "designated"
    ADMIN = "admin"
    #: Reads every case of the account, and not only their own.
    VIEWER = "viewer"


class RelationKind(StrEnum):
    """How a partner stands to a customer."""

    RESELLER = "reseller"
    MSP = "msp"


class SignInKind(StrEnum):
    """How a company's identity provider speaks."""

    OIDC = "oidc"
    SAML = "saml"


class Refused(Exception):
    """The change is not possible; the text says why in words a person can act on."""


#: Shape of an account's ID until a policy pack gives another (R42).
DEFAULT_ID_PATTERN = r"\d{2}-\d{4}-\d{7}"
#: How many designated contacts an account may have (C34).
DEFAULT_DESIGNATED_MAX = 5

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d", "-"))
_SPACE = re.compile(r"\s+")
_ADDRESS = re.compile(r"[^\s@<>(),;:\"\[\]\\]+@[^\s@<>(),;:\"\[\]\\]+\.[^\s@<>(),;:\"\[\]\\]+")
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_MOST_ADDRESS = 254

#: Domains where anybody can have an address: mail from there proves nothing about a company.
FREE_MAIL_DOMAINS = frozenset(
    Path(__file__).with_name("free_mail.txt").read_text(encoding="ascii").split()
)


def domain_of(address: str) -> str:
    """The mail domain of an address, in lower case; empty when there is none."""
    return address.rpartition("@")[2].strip().lower() if "@" in address else ""


def normal_identifier(text: str) -> str:
    """An account's ID as it is stored: no spaces, plain hyphens, capitals."""
    return _SPACE.sub("", text.translate(_DASHES)).upper()


def checked_identifier(text: str, pattern: str = DEFAULT_ID_PATTERN) -> str:
    """The normal form of an ID that fits the pattern of the policy.

    Raises:
        Refused: it does not fit.
    """
    value = normal_identifier(text)
    if not re.fullmatch(pattern, value):
        shown = pattern_in_words(pattern)
        raise Refused(f"“{text.strip()}” is not an account ID; IDs look like {shown}.")
    return value


def pattern_in_words(pattern: str) -> str:
    """An ID pattern as people read it: ``00-0000-0000000`` for the default one."""
    zeros = re.sub(r"\\d\{(\d+)\}", lambda found: "0" * int(found[1]), pattern)
    zeros = zeros.replace("\\d", "0")
    return zeros if re.fullmatch(r"[\w-]+", zeros) else f"the pattern {pattern}"


def checked_address(text: str) -> str:
    """An e-mail address as it is stored: in lower case.

    Raises:
        Refused: this is not one address.
    """
    address = text.strip().lower()
    if len(address) > _MOST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise Refused(f"“{text.strip()}” is not an e-mail address.")
    return address


def checked_domain(text: str) -> str:
    """A mail domain that can belong to one company, in lower case and ASCII.

    Raises:
        Refused: it is no domain, or one where anybody can have an address.
    """
    domain = text.strip().lower().removeprefix("@").rstrip(".")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise Refused(f"“{text.strip()}” is not a mail domain.") from error
    if not _DOMAIN.fullmatch(domain):
        raise Refused(f"“{text.strip()}” is not a mail domain; write it like example.com.")
    if domain in FREE_MAIL_DOMAINS:
        raise Refused(
            f"Anybody can have an address at {domain}, so it cannot stand for one account. "
            "Add the person's address to a contact instead."
        )
    return domain
