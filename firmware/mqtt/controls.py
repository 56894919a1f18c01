"""The commands as entities of Home Assistant: one row for each that has one, and the reasons of those without."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from firmware.commands import COMMANDS, ChoiceValue, NameValue, NoValue, NumberValue, Value
from firmware.enums import Command
from firmware.mqtt.notes import NOTES, TextValue
from firmware.mqtt.state_entity import Share
from firmware.programme.people import GUEST

BOX: Final = {"mode": "box"}


@dataclass(frozen=True, slots=True)
class CommandEntity:
    """The Home Assistant entity of a row of COMMANDS or NOTES; platform and bounds follow from the value of the row.

    state is the key of the state topic with the true value. more is its own options. share: only there when the
    settings share this, because without it the true value could not be shown.
    """

    command: str
    name: str
    more: Mapping[str, object] = field(default_factory=dict)
    state: str | None = None
    share: Share | None = None

    @property
    def platform(self) -> str:
        """Home Assistant's platform for the value."""
        return PLATFORMS[type(self.value)]

    @property
    def value(self) -> "AnyValue":
        """What the command takes."""
        return (NOTES if self.command in NOTES else COMMANDS)[self.command].value

    def options(self, people: tuple[str, ...]) -> dict[str, object]:
        """Home Assistant's options for the value, and more."""
        value = self.value
        if isinstance(value, ChoiceValue):
            return {"options": [str(option) for option in value.options], "optimistic": False, **self.more}
        if isinstance(value, NumberValue):
            return {"min": value.low, "max": value.high, "step": 1, "optimistic": False, **self.more}
        if isinstance(value, NameValue):
            return {"options": [GUEST.name, *people], "optimistic": False, **self.more}
        if isinstance(value, TextValue):
            pattern = {} if value.pattern is None else {"pattern": f"^({value.pattern})?$"}
            return {
                "min": 0,
                "max": value.most,
                "command_template": "{{ {'value': value} | tojson }}",  # bare, 15 would be a number
                "value_template": f"{{{{ value_json.{self.state} or '' }}}}",
                **pattern,
                **self.more,
            }
        return {"payload_press": "true", **self.more}


AnyValue = Value | TextValue
PLATFORMS: Final = {
    NoValue: "button", ChoiceValue: "select", NumberValue: "number", NameValue: "select", TextValue: "text"
}  # fmt: skip

CONTROLS: Final = (
    CommandEntity(Command.DISCOMFORT, "It hurts now", {"icon": "mdi:hand-back-left"}),
    CommandEntity(Command.EASING, "It turns warm", {"icon": "mdi:hand-heart"}),
    CommandEntity(Command.END, "End session", {"icon": "mdi:stop"}),
    CommandEntity(Command.CARRY_ON, "Carry on", {"icon": "mdi:play"}),
    CommandEntity(Command.ZERO, "Take zero", {"entity_category": "config", "icon": "mdi:scale"}),
    CommandEntity(Command.SHOW_STATE, "Identify", {"device_class": "identify", "entity_category": "diagnostic"}),
    CommandEntity("mode", "Sound", {"icon": "mdi:volume-medium"}, state="mode"),
    CommandEntity("preset", "Next session", {"icon": "mdi:calendar-clock"}, state="preset"),
    CommandEntity(
        "goal_min",
        "Goal of the next session",
        {"unit_of_measurement": "min", "device_class": "duration", **BOX},
        state="next_goal_min",
    ),
    CommandEntity("person", "Who lies here", {"icon": "mdi:account"}, state="person", share="person"),
    CommandEntity("accept", "Accept the offer", {"icon": "mdi:check"}, share="person"),
    CommandEntity("decline", "Decline the offer", {"icon": "mdi:close"}, share="person"),
    CommandEntity("marks", "Marks on the skin", {"icon": "mdi:dots-grid"}, state="marks", share="pain"),
    CommandEntity(
        "hurt", "Hurt after five minutes", {"mode": "slider", "icon": "mdi:gauge"}, state="hurt", share="pain"
    ),
    CommandEntity(
        "pain_before", "Back pain before", {"mode": "slider", "icon": "mdi:gauge"}, state="pain_before", share="pain"
    ),
    CommandEntity(
        "pain_after", "Back pain after", {"mode": "slider", "icon": "mdi:gauge"}, state="pain_after", share="pain"
    ),
    CommandEntity("sleep", "Sleep afterwards", {"mode": "slider", "icon": "mdi:sleep"}, state="sleep", share="pain"),
    CommandEntity("note", "Note", {"icon": "mdi:note-edit-outline"}, state="note", share="pain"),
    CommandEntity("reminder", "Reminder", {"entity_category": "config", "icon": "mdi:bell-outline"}, state="reminder"),
    CommandEntity("healed", "Skin has healed", {"icon": "mdi:heart-plus"}, share="pain"),
)

NO_CONTROL: Final = {
    Command.SILENT: "`mode` does the same and has a state",
    "remove_person": "rejected over MQTT",
    "add_person": "a person is added at the mat, with the text before use",
    "acknowledge": "the text before use is read where it is shown",
    **dict.fromkeys(
        (Command.NEXT_LENGTH, Command.NEXT_SOUND, Command.NIGHT, Command.NEXT_PERSON, Command.NEW_PERSON),
        "a choice by the key, where the present one is not seen; the other controls choose directly",
    ),
    **dict.fromkeys(("brightness", "volume"), "how bright and loud is chosen where it is seen and heard"),
    **dict.fromkeys(("level", "confirm_level"), "a level is chosen where its text is shown"),
}
