"""Who may do what at the broker: its configuration and the list of access, both written by this file.

Everyone connects with a certificate of the site; the name in it is the user. A mat writes below its own topic and reads
its own commands, whatever it claims in a payload. A mat that is not in the list can do nothing.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from firmware.site.authority import COLLECTOR, SHARED, write

MATS_MAX: Final = 2000  # connections

CONFIGURATION: Final = """\
# Written by `acumat-site init`. In /etc/mosquitto/conf.d, or named there with include_dir.
per_listener_settings false
listener {port}{bind}
allow_anonymous false
cafile {folder}/ca.crt
certfile {folder}/server.crt
keyfile {folder}/server.key
crlfile {folder}/crl.pem
require_certificate true
use_identity_as_username true
tls_version tlsv1.2
acl_file {folder}/acl

# Limits of one client, and of all.
max_connections {connections}
max_packet_size 20480
max_keepalive 120
max_inflight_messages 1000
max_queued_messages 100000
max_queued_bytes 67108864
persistent_client_expiration 14d

# What is retained and what waits for the collector survives a power cut but for the last minute.
persistence true
autosave_interval 60
connection_messages true
log_type error
log_type warning
log_type notice
"""


def write_configuration(folder: Path, port: int, bind: str = "", connections: int = MATS_MAX) -> Path:
    """Write the configuration of the broker; returns its file. bind is the only address it listens on, if given."""
    path = folder / "mosquitto.conf"
    write(
        path,
        CONFIGURATION.format(folder=folder, port=port, bind=bind and f" {bind}", connections=connections).encode(),
        0o644,
    )
    return path


def write_access(folder: Path, mats: Iterable[str]) -> None:
    """Write the list of access. The broker reads it again on SIGHUP."""
    parts = ["# Written by acumat-site: changes here are lost.", f"user {COLLECTOR}", "topic read acumat/#"]
    parts += ["topic write acumat/+/cmd/#", "topic write acumat/#", ""]
    for mat in sorted(mats):
        parts += [f"user {mat}", f"topic write acumat/{mat}/#", f"topic read acumat/{mat}/cmd/#", ""]
    write(folder / "acl", "\n".join(parts).encode(), SHARED)
