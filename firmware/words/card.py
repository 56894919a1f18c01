"""The sentences of the first-session card that stand nowhere else; docs/first_session.py puts the card together."""

from typing import Final

TITLE: Final = "Your first session"
LINE: Final = "{minutes} minutes on the acupressure mat. Read it once first."
GET_READY: Final = (
    "Put the mat on {surface}, with {cover} between you and the points. Roll up a towel for your knees. Keep a glass "
    "of water near."
)
KNEES: Final = (
    "It may bring the small of your back nearer to the mat. Then lie still. To change position, lift and put down "
    "again; do not slide."
)
# What to do, step by step: a title and what belongs to it. {cover} and {surface} are those of the first level.
STEPS: Final = (
    ("Get ready", GET_READY),
    ("Sit at the hips end", "{key}The light turns blue."),
    ("Lower yourself slowly", "Lean on your hands and take three seconds or more. The timer starts by itself."),
    ("Rolled towel under the knees", KNEES),
    (
        "Breathe out slowly",
        "In while you count to {in_s}, out while you count to {out_s}. The light breathes with you.",
    ),
    ("Get up by rolling to your side", "Push up with your hands. Sit until you feel steady, then drink the water."),
)
KEY_IN_HAND: Final = "Take the key in your hand; you can use it with your eyes closed. "
STAGES: Final = "What the {minutes} minutes are like"
TO_MINUTE: Final = "to minute {minute}"
UNTIL: Final = {"settling": "minute {minute}", "closing": "last minute"}
KEY: Final = "The key in your hand"
PRESSES: Final = (
    ("Press once", "It hurts now"),
    ("Press twice", "It is easing"),
    ("Hold two seconds", "End the session"),
)
STOP: Final = "Stop when"
STOP_EARLY: Final = "Stopping early is a good choice. A shorter session is a session too."
NOT_ON: Final = "Do not use it on"
ASK_FIRST: Final = "Ask a doctor first if you"
AFTERWARDS: Final = "Afterwards."
