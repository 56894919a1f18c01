"""`acumat mqtt`: what concerns the broker."""

from pathlib import Path

import click

from firmware import config
from firmware.cli import options
from firmware.clock import SystemClock
from firmware.mqtt.forget import forget, forget_dialer
from firmware.mqtt.identity import identified
from firmware.mqtt.topics import TopicNames


@click.command("mqtt")
@click.argument("action", type=click.Choice(["forget"]))
@click.argument("device_id", required=False)
@options.config_option
def command(*, action: str, device_id: str | None, config_file: Path | None) -> None:  # noqa: ARG001 - there is one
    """Remove from the broker, and so from Home Assistant, all that a mat has left there: `acumat mqtt forget`.

    DEVICE_ID is that of a renamed or retired mat; without it this one's. Stop a mat that runs first.
    """
    settings = config.load_settings(config_file)
    names = TopicNames.of_settings(settings.mqtt, device_id or identified(settings.device).id)
    for topic in forget(forget_dialer(settings.mqtt, names), names, SystemClock()):
        click.echo(f"removed {topic}")
