"""Self-made certificates for servers that tests start."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def self_made(folder: Path) -> tuple[str, str]:
    """The files of a certificate for 127.0.0.1 and desk.example, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk.example")])
    names = [x509.DNSName("desk.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    today = datetime.now(UTC)
    serial = x509.random_serial_number()
    certified = (
        x509.CertificateBuilder(name, name, key.public_key(), serial)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert").write_bytes(certified.public_bytes(pem))
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key").write_bytes(key.private_bytes(pem, form, plain))
    return str(folder / "cert"), str(folder / "key")
