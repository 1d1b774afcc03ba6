"""Identity providers of companies, running on loopback: OpenID Connect and SAML."""

import base64
import html
import json
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils


class Stay(urllib.request.HTTPRedirectHandler):
    """Hands a redirect to the test, as a browser hands it to the next server."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def fetch(address: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Ask a provider as a browser: status, the page, and where it leads."""
    opener = urllib.request.build_opener(Stay)
    data = urlencode(form).encode() if form is not None else None
    try:
        with opener.open(address, data, timeout=20) as answer:
            return answer.status, answer.read().decode(), ""
    except urllib.error.HTTPError as moved:
        return moved.code, moved.read().decode(), moved.headers.get("Location") or ""


@contextmanager
def openid(*users: dict[str, Any]) -> Iterator[str]:
    """An OpenID Connect provider that knows these users; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    claims = [word for user in users for word in ("--user-claims", json.dumps(user))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port)]
    running = subprocess.Popen(
        [*command, *claims], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/.well-known/openid-configuration")
        yield address
    finally:
        running.terminate()
        running.wait(10)


def _wait(address: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            fetch(address)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


class Saml:
    """A SAML identity provider; whoever comes is ``email``."""

    def __init__(self) -> None:
        self.email = "nobody@example.org"
        self.key, self.certificate = _pair()
        self.signs_with = self.key
        self.entity = "https://idp.example/metadata"
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.address = f"http://127.0.0.1:{self.server.server_port}/sso"

    def answer(self, address: str) -> tuple[str, dict[str, str]]:
        """Where the browser sends the answer to this request, and what."""
        given = parse_qs(urlsplit(address).query)
        request = etree.fromstring(zlib.decompress(base64.b64decode(given["SAMLRequest"][0]), -15))
        there = str(request.get("AssertionConsumerServiceURL"))
        audience = request.findtext("{urn:oasis:names:tc:SAML:2.0:assertion}Issuer") or ""
        text = _response(self, str(request.get("ID")), there, audience)
        relay = given.get("RelayState", [""])[0]
        return there, {"SAMLResponse": base64.b64encode(text).decode(), "RelayState": relay}


@contextmanager
def saml() -> Iterator[Saml]:
    """A running SAML identity provider."""
    provider = Saml()
    thread = threading.Thread(target=provider.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join(10)


def posted(page: str) -> tuple[str, dict[str, str]]:
    """The form on a provider's page that sends its answer: where to, and what."""
    there = re.search(r'action="([^"]*)"', page)
    assert there
    pairs = re.findall(r'name="([^"]*)" value="([^"]*)"', page)
    return html.unescape(there[1]), {name: html.unescape(value) for name, value in pairs}


def _handler(provider: Saml) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "SAMLRequest" not in self.path:  # a browser asks for an icon
                self.send_response(204)
                self.end_headers()
                return
            there, form = provider.answer(self.path)
            hidden = "".join(
                f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
                for name, value in form.items()
            )
            page = (
                f'<form method="post" action="{html.escape(there)}">{hidden}'
                "<button>Go on</button></form>"
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


def _pair() -> tuple[str, str]:
    """A key and its certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


_RESPONSE = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r{id}" Version="2.0"
 IssueInstant="{now}" Destination="{there}" InResponseTo="{request}">
<saml:Issuer>{entity}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
{assertion}</samlp:Response>"""
_ASSERTION = """<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a{id}"
 Version="2.0" IssueInstant="{now}"><saml:Issuer>{entity}</saml:Issuer>
<saml:Subject>
<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">{email}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
<saml:SubjectConfirmationData InResponseTo="{request}" NotOnOrAfter="{later}" Recipient="{there}"/>
</saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{earlier}" NotOnOrAfter="{later}">
<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>
</saml:Conditions>
<saml:AuthnStatement AuthnInstant="{now}" SessionIndex="_s{id}"><saml:AuthnContext>
<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>
</saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement><saml:Attribute Name="email">
<saml:AttributeValue>{email}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>
</saml:Assertion>"""


def _response(provider: Saml, request: str, there: str, audience: str) -> bytes:
    now = datetime.now(UTC)
    values = {
        "id": request.lstrip("_"),
        "request": request,
        "there": html.escape(there),
        "audience": html.escape(audience),
        "entity": provider.entity,
        "email": provider.email,
        "now": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "earlier": (now - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "later": (now + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    plain = _ASSERTION.format(**values)
    signed = OneLogin_Saml2_Utils.add_sign(plain, provider.signs_with, provider.certificate)
    text = signed.decode() if isinstance(signed, bytes) else signed
    return _RESPONSE.format(assertion=text, **values).encode()
