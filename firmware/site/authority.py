"""The authority of a site: certificates of broker, collector and mats, and the list of those that were revoked.

The name in a certificate is the user name at the broker. Mats have no dot in theirs, so `site.collector` is no mat.
"""

import datetime as dt
import ipaddress
import os
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from firmware.errors import AcumatError

YEARS_OF_AUTHORITY: Final = 20
YEARS_OF_CERTIFICATE: Final = 5
YEAR: Final = dt.timedelta(days=365)
EARLIER: Final = dt.timedelta(hours=1)  # the clock of a mat may be a little behind
COLLECTOR: Final = "site.collector"
SHARED: Final = 0o640  # for the broker, which is in the group of these files
PRIVATE: Final = 0o600


class AuthorityError(AcumatError, OSError):
    """The authority of this site is absent, or a name has a certificate already."""


def write(path: Path, data: bytes, mode: int) -> None:
    """Write a file whole, with its mode from the first moment."""
    beside = path.with_name(path.name + ".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.chmod(mode)
    beside.replace(path)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


class Authority:
    """Key, certificate and list of revocations in a folder. now is the present time with its zone."""

    def __init__(self, folder: Path, now: dt.datetime) -> None:
        self._folder, self._now = folder, now
        try:
            self._certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
            key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
        except FileNotFoundError as error:
            raise AuthorityError(f"{folder}: no authority is there; run `acumat-site init` first") from error
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - create made it
        self._key = key

    @classmethod
    def create(cls, folder: Path, site: str, now: dt.datetime) -> "Authority":
        """Make the authority of a site. Raises AuthorityError when there is one."""
        if (folder / "ca.key").exists():
            raise AuthorityError(f"{folder}: has an authority already; a second one would lock every mat out")
        folder.mkdir(parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)  # noqa: FBT003 - X.509's order
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(f"acumat site {site}"))
            .issuer_name(_name(f"acumat site {site}"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - EARLIER)
            .not_valid_after(now + YEARS_OF_AUTHORITY * YEAR)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        write(folder / "ca.key", _pem(key), PRIVATE)
        write(folder / "ca.crt", certificate.public_bytes(serialization.Encoding.PEM), SHARED)
        authority = cls(folder, now)
        authority.write_revocations([])
        return authority

    @property
    def certificate(self) -> bytes:
        """PEM of the authority, for everyone who checks a certificate."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def issue(self, name: str, hosts: tuple[str, ...] = ()) -> tuple[bytes, bytes, int]:
        """Return certificate and key (PEM) and the serial number; with hosts it is that of a server."""
        key = ec.generate_private_key(ec.SECP256R1())
        purpose = ExtendedKeyUsageOID.SERVER_AUTH if hosts else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(self._certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - EARLIER)
            .not_valid_after(self._now + YEARS_OF_CERTIFICATE * YEAR)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if hosts:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False
            )
        certificate = builder.sign(self._key, hashes.SHA256())
        return certificate.public_bytes(serialization.Encoding.PEM), _pem(key), certificate.serial_number

    def revoke(self, certificate_file: Path) -> None:
        """Add a certificate to the list of revocations."""
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        listed = x509.load_pem_x509_crl((self._folder / "crl.pem").read_bytes())
        self.write_revocations([*(one.serial_number for one in listed), certificate.serial_number])

    def write_revocations(self, serials: list[int]) -> None:
        """Write the list; it is valid as long as the authority, because a broker with an old list refuses everyone."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificate.subject)
            .last_update(self._now - EARLIER)
            .next_update(self._now + YEARS_OF_AUTHORITY * YEAR)
        )
        for serial in sorted(set(serials)):
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(self._now).build()
            builder = builder.add_revoked_certificate(revoked)
        listed = builder.sign(self._key, hashes.SHA256())
        write(self._folder / "crl.pem", listed.public_bytes(serialization.Encoding.PEM), SHARED)


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
