"""The sentences of the journal and of what is shown of past sessions."""

from typing import Final

ASK: Final = {
    "back_pain": "Back, 0 to 10",
    "headache": "Head, 0 to 10",
    "tension": "Tension, 0 to 10",
    "stress": "Stress, 0 to 10",
    "trigger": "What for: after_drive, lunch, bedtime, headache, backache or other?",
    "other": "Anything else you do for it, such as stretching?",
    "discomfort": "How much did the points hurt after five minutes, 0 to 10?",
    "lightheaded": "Did you feel lightheaded when you got up?",
    "water": "Did you drink something?",
    "marks": "Marks on the skin?",
    "marks_gone": "Were the marks gone by the next day?",
    "slept": "Did you fall asleep on the mat?",
    "sleep": "How did you sleep, 0 very badly to 10 very well?",
}
TRENDS_SHORT: Final = "These are your own notes. They cannot show that the mat caused a change."
NO_SESSIONS_YET: Final = "No session yet. Lie down on the mat; the timer starts by itself."
NO_DATED_SESSIONS: Final = (
    "Your sessions have no date yet: the clock of the mat was never set. They get one when it reaches a time server."
)
TRENDS: Final = (
    "These are your own notes. They can help you see what suits you; they cannot show that the mat caused a change. "
    "Pain goes up and down by itself."
)

DOZED: Final = "You lay still with slow breathing for {minutes} minutes in session {number}."
MORNING: Final = "How did you sleep after session {number}? acumat journal morning"
LUMBAR: Final = (
    "The small of your back carried {with_it:.0%} of the load with the towel under the mat, {without:.0%} without it."
)
CALM: Final = "after {time}; the middle of your sessions is {usual}"
STILL: Final = "{share:.0%} of the time"
STILL_USUAL: Final = "{share:.0%} of the time, usually {usual:.0%}"
DEPTH: Final = {
    "deeper": "breaths deeper than usual",
    "shallower": "breaths shallower than usual",
    "usual": "breaths as deep as usual",
}
