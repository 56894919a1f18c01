"""All keys of the state topic, in their order; most are an entity of Home Assistant too.

Values are rounded to a useful resolution, so that an idle mat publishes nothing. State is retained at the broker, so
what is about pain or of a person is null unless it is shared.
"""

from typing import Final

from firmware.mqtt.body_entities import BODY
from firmware.mqtt.mat_entities import MAT
from firmware.mqtt.session_entities import SESSION
from firmware.mqtt.state_entity import StateEntity, Value

ENTITIES: Final[tuple[StateEntity, ...]] = (*SESSION, *BODY, *MAT)
LISTS: Final = (list[int], list[str])
UNKNOWN: Final[dict[str, Value]] = {
    entity.key: [] if entity.kind in LISTS else None for entity in ENTITIES
}  # a template may look into a list
