"""Whether a webhook comes from the provider: its signature over our own public address. Pure.

The address is built from configuration, never from the request, so that a forged Host header
proves nothing. Keys are compared in constant time.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

#: A signed moment older than this many seconds is a replay.
_FRESH_SECONDS = 300


def twilio(key: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """Twilio's signature: base64 of HMAC-SHA1 over the address and the sorted fields."""
    joined = url + "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.digest(key.encode(), joined.encode(), hashlib.sha1)
    return base64.b64encode(digest).decode()


def twilio_holds(
    keys: Sequence[str], urls: Sequence[str], fields: Sequence[tuple[str, str]], given: str
) -> bool:
    """Whether the signature is one of these keys' over one of these ways to write the address."""
    found = False
    for key in filter(None, keys):
        for url in urls:
            expected = twilio(key, url, fields).encode()
            found |= hmac.compare_digest(expected, given.encode("utf-8", "replace"))
    return found


def ways_to_write(url: str) -> list[str]:
    """The address with and without its usual port: providers sign either."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    port = {"https": ":443", "http": ":80"}.get(scheme, "")
    if port and host.endswith(port):
        return [url, f"{scheme}://{host.removesuffix(port)}{slash}{path}"]
    if ":" in host.rpartition("]")[2]:
        return [url]
    return [url, f"{scheme}://{host}{port}{slash}{path}"]


def telnyx_holds(key: str, headers: Mapping[str, str], body: bytes, *, now: float) -> bool:
    """Whether Telnyx's Ed25519 signature holds over the moment and the body.

    Args:
        now: seconds since 1970; a moment further than five minutes off is a replay.
    """
    stamp = headers.get("telnyx-timestamp", "")
    given = headers.get("telnyx-signature-ed25519", "")
    if not (key and given and stamp.isascii() and stamp.isdigit() and len(stamp) < 13):
        return False
    if abs(now - int(stamp)) > _FRESH_SECONDS:
        return False
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        public.verify(base64.b64decode(given, validate=True), stamp.encode() + b"|" + body)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def hmac_holds(key: str, body: bytes, given: str) -> bool:
    """Whether ``sha256=…`` is the HMAC of a body under this key."""
    expected = "sha256=" + hmac.digest(key.encode(), body, hashlib.sha256).hex()
    return bool(key) and hmac.compare_digest(expected.encode(), given.strip().encode())


def bearer_holds(key: str, header: str) -> bool:
    """Whether an Authorization header shows this bearer token.

    Asterisk adds the header again with each request of a channel; then all must be the same.
    """
    wanted = f"bearer {key}".encode()
    found = bool(key)
    for part in header.split(","):
        scheme, _, token = part.strip().partition(" ")
        given = f"{scheme.lower()} {token.strip()}".encode("utf-8", "replace")
        found &= hmac.compare_digest(wanted, given)
    return found
