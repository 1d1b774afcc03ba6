"""What the desk signs in to mail servers with: a password, or a token that it fetches itself.

A secret typed on the page is sealed with the desk's key and never shown again; one that is kept
outside is named by a file or an environment variable, and read again at each sign-in.
"""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from heliodesk.kernel.sealing import seal, unseal

_SECONDS = 15.0
#: A token is fetched anew this many seconds before it ends.
_EARLY = 60.0
_tokens: dict[tuple[str, str, str, str], tuple[str, float]] = {}


class NoSecret(Exception):
    """The password or token is not where the mailbox says."""


@dataclass(frozen=True)
class Credentials:
    """Who signs in, and where the proof is."""

    user: str
    #: ``password`` or ``xoauth2``.
    login: str = "password"
    #: A file (with a slash in its name) or an environment variable.
    place: str = ""
    #: A password, sealed.
    sealed: str = ""
    #: Where tokens are fetched, for whom, with what, sealed.
    token_url: str = ""
    client: str = ""
    scope: str = ""
    grant: str = ""

    def read(self) -> str:
        """The password, or an access token.

        Raises:
            NoSecret: it is not there, or no token is given.
        """
        if self.login == "xoauth2" and self.token_url:
            return self._token()
        if self.sealed:
            text = unseal(self.sealed, keys())
            if not text:
                raise NoSecret("the stored password was sealed with a key that is lost")
            return text
        if "/" in self.place:
            try:
                return Path(self.place).read_text().strip()
            except OSError as error:
                raise NoSecret(f"the secret file {self.place}: {error.strerror}") from error
        value = os.environ.get(self.place, "") if self.place else ""
        if not value:
            raise NoSecret(f"the environment variable {self.place or '(none named)'} is not set")
        return value

    def _token(self) -> str:
        key = (self.token_url, self.client, self.scope, self.grant)
        token, until = _tokens.get(key, ("", 0.0))
        if not token or time.monotonic() > until:
            token, lives = _fetched(self)
            _tokens[key] = (token, time.monotonic() + lives - _EARLY)
        return token


def keys() -> list[str]:
    """The desk's keys, the one that seals first."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def sealed(text: str) -> str:
    """A secret as the database keeps it."""
    return seal(text, keys())


def sealed_grant(secret: str, refresh: str) -> str:
    """A client's secret and a refresh token as the database keeps them."""
    return seal(json.dumps({"secret": secret, "refresh": refresh}), keys())


def _fetched(wanted: Credentials) -> tuple[str, float]:
    """A new access token and how many seconds it lives."""
    if not wanted.token_url.startswith("https://"):
        raise NoSecret(f"tokens are fetched by https only, not from {wanted.token_url}")
    kept = json.loads(unseal(wanted.grant, keys()) or "{}")
    if not kept:
        raise NoSecret("neither a client's secret nor a refresh token is stored")
    form = {"client_id": wanted.client, "grant_type": "client_credentials"}
    if kept.get("refresh"):
        form |= {"grant_type": "refresh_token", "refresh_token": kept["refresh"]}
    if kept.get("secret"):
        form["client_secret"] = kept["secret"]
    if wanted.scope:
        form["scope"] = wanted.scope
    answer = _asked(wanted.token_url, form)
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise NoSecret(f"{wanted.token_url} gave no token")
    lives = answer.get("expires_in")
    return token, float(lives) if isinstance(lives, int | float) else 300.0


def _asked(url: str, form: Mapping[str, str]) -> dict[str, object]:
    request = urllib.request.Request(  # noqa: S310 (https only, see above)
        url, urllib.parse.urlencode(form).encode(), {"Accept": "application/json"}
    )
    try:
        with _opener.open(request, timeout=_SECONDS) as answer:
            said = json.loads(answer.read(100_000))
    except urllib.error.HTTPError as error:
        raise NoSecret(f"{url} refused a token: {_reason(error)}") from error
    except (OSError, ValueError) as error:
        raise NoSecret(f"{url} cannot be asked for a token: {error}") from error
    return said if isinstance(said, dict) else {}


class _NoDetour(urllib.request.HTTPRedirectHandler):
    """A secret goes to the address that was written down, and nowhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoDetour)


def _reason(error: urllib.error.HTTPError) -> str:
    """What the server said, as far as RFC 6749 lets it say it."""
    try:
        said = json.loads(error.read(10_000))
        words = f"{said.get('error', '')} {said.get('error_description', '')}".split()
    except (OSError, ValueError, AttributeError):
        words = []
    return " ".join(words)[:300] or f"status {error.code}"
