"""A certificate that signs itself, as a town's own authority does."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BEGINS, ENDS = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def write_certificate(folder: Path, host: str, until: datetime = ENDS) -> tuple[Path, Path]:
    """Of this host: the certificate, and its key beside it (PEM)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(BEGINS)
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "certificat.pem", folder / "cle.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return pem, private


@contextmanager
def https(
    folder: Path, host: str = "localhost", until: datetime = ENDS, visits: int = 1
) -> Iterator[tuple[int, Path]]:
    """A server with a certificate of its own, for that many visits: its port, and the certificate."""
    pem, private = write_certificate(folder, host, until)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    with socket.create_server(("localhost", 0)) as door:

        def serve() -> None:
            for _ in range(visits):
                client, _address = door.accept()
                try:
                    with context.wrap_socket(client, server_side=True) as secured:
                        secured.recv(1)
                except OSError:
                    client.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield door.getsockname()[1], pem
        door.shutdown(socket.SHUT_RDWR)
        thread.join(5)
