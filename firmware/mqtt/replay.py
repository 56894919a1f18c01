"""The command that sends events again: for a consumer that was away longer than the broker kept them."""

from typing import Final

from firmware.mqtt.commands import OwnCommand, Value
from firmware.mqtt.outbox import REPLAY_MAX, Outbox

ASK: Final = "give the seq of the newest event that you have, a whole number from 0"


def replay_command(outbox: Outbox) -> OwnCommand:
    """Return the command `replay`."""

    def run(value: Value) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 62:
            return ASK
        outbox.replay(value)
        return None

    return OwnCommand(
        'a seq, bare or as `{"since_seq": n}`',
        f"Send again what came after that seq, marked `replayed`, oldest first, at most {REPLAY_MAX} messages: "
        "ask again with the newest seq until none comes.",
        run,
    )
