"""The report about MQTT under faults, in the small."""

import pytest

from sim.broker import mosquitto_installed
from tests.bench import mqtt_faults


@pytest.mark.slow
@pytest.mark.broker
def test_every_row_holds_in_the_small() -> None:
    """Three kills, one restart of the broker, two thousand inputs, a quarter of an hour of an empty mat."""
    if not mosquitto_installed():
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")
    rows = mqtt_faults.run(small=True)
    assert [one for one in rows if not one.holds] == []
    assert len(rows) >= 10
