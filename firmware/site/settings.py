"""Settings of a site: a TOML file with the sections below, read like the settings of a mat."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, get_type_hints

from firmware.config import PATH, Section, load_sections, number_option, text_option

DEFAULT_FILE: Final = Path("/etc/acumat-site/site.toml")


@dataclass(frozen=True)
class Site(Section):
    """Which site this is."""

    name: Annotated[
        str, text_option("[a-z][a-z0-9_]{0,31}", "1 to 32 of a-z, 0-9 and _, a letter first"), "Name in all rows."
    ] = "home"
    folder: Annotated[Path, PATH, "Keys, certificates and credentials of the mats."] = Path("/var/lib/acumat-site")


@dataclass(frozen=True)
class Broker(Section):
    """The broker of the mats. The collector connects with a certificate where one is set."""

    host: Annotated[str, text_option(r"[A-Za-z0-9._:-]{1,253}", "a host name or an address"), "Its host."] = "localhost"
    port: Annotated[int, number_option(1, 65535, whole=True), "Its port; 8883 is usual with TLS."] = 8883
    ca_file: Annotated[Path | None, PATH, "Authority of the site; empty: no TLS, for a broker on this machine."] = None
    certificate_file: Annotated[Path | None, PATH, "Certificate of the collector."] = None
    key_file: Annotated[Path | None, PATH, "Its key."] = None


@dataclass(frozen=True)
class Database(Section):
    """PostgreSQL."""

    conninfo: Annotated[
        str, text_option(".{0,500}", "up to 500 printable characters"), "Connection in the words of libpq."
    ] = "dbname=acumat"
    months: Annotated[int, number_option(2, 240, whole=True), "Months that events, sessions and journal are kept."] = 24


@dataclass(frozen=True)
class Measures(Section):
    """VictoriaMetrics."""

    url: Annotated[
        str, text_option(r"http://(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}", "http, loopback and a port"), "Address."
    ] = "http://127.0.0.1:8428"
    every_s: Annotated[float, number_option(1, 300), "Seconds between two points of a measure."] = 10.0


@dataclass(frozen=True)
class SiteSettings:
    """All settings. SiteSettings() is the defaults."""

    site: Site = field(default_factory=Site)
    broker: Broker = field(default_factory=Broker)
    database: Database = field(default_factory=Database)
    measures: Measures = field(default_factory=Measures)


SECTIONS: Final[dict[str, type[Section]]] = get_type_hints(SiteSettings)


def load_site(path: Path) -> SiteSettings:
    """Read the settings of a site. Raises ConfigError with every error of the file."""
    return SiteSettings(**load_sections(path, SECTIONS))  # type: ignore[arg-type]  # each name has its type in SECTIONS
