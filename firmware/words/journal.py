"""The sentences of the journal and of what is shown of past sessions."""

from collections.abc import Mapping
from typing import Any, Final

from firmware import words

ASK: Final = {
    "back_pain": "Back pain, 0 none to 10 worst",
    "headache": "Headache, 0 none to 10 worst",
    "tension": "Tension, 0 none to 10 very tense",
    "stress": "Stress, 0 none to 10 very much",
    "cover": "Between you and the points: {choices}",
    "head": "Under the head: {choices}",
    "knees": "Something under the knees? {choices}",
    "lumbar": "A rolled towel under the mat, below the small of the back? {choices}",
    "surface": "The mat lies on: {choices}",
    "place": "Where, in your own words",
    "trigger": "What for: {choices}",
    "other": "Anything else you do for it, such as stretching",
    "discomfort": "How much did the points hurt after five minutes, 0 to 10?",
    "lightheaded": "Were you lightheaded when you got up? {choices}",
    "water": "Did you drink something? {choices}",
    "marks": "Marks on the skin? {choices}",
    "marks_gone": "Were the marks gone by the next day? {choices}",
    "slept": "Did you fall asleep on the mat? {choices}",
    "sleep": "How you slept, 0 very badly to 10 very well",
    "note": "A note, in your own words",
}
SKIP: Final = "Enter skips a question. Ctrl-C ends without storing anything."
WHOM: Final = {
    "before": "How it is before a session, for {who}.",
    "after": "How it was, for {who}: session {number}.",
    "morning": "The morning after session {number}, for {who}.",
}
BROKEN_SKIN: Final = "The programme rests until your skin has healed: then `acumat programme healed`."
# What was said, as a note shows it: a text with a place for a number or words, or one text for each choice.
SAID: Final[Mapping[str, str | Mapping[Any, str]]] = {
    "back_pain": "back {}",
    "headache": "head {}",
    "tension": "tension {}",
    "stress": "stress {}",
    "cover": words.COVER_SHORT,
    "head": {"cushion": "cushion under the head", "folded_towel": "towel under the head", "none": "head on the mat"},
    "knees": {True: "knees raised", False: "knees flat"},
    "lumbar": {True: "towel under the mat", False: "no towel under the mat"},
    "surface": {"floor": "on the floor", "bed": "on a bed"},
    "place": "where: {}",
    "trigger": {
        "after_drive": "after a drive",
        "lunch": "at lunch",
        "bedtime": "at bedtime",
        "headache": "for a headache",
        "backache": "for a backache",
        "other": "for something else",
    },
    "other": "also: {}",
    "discomfort": "points hurt {} after 5 min",
    "marks": {"none": "no marks", "light": "light marks", "strong": "strong marks", "broken_skin": "broken skin"},
    "lightheaded": {True: "lightheaded", False: "not lightheaded"},
    "water": {True: "drank something", False: "drank nothing"},
    "slept": {True: "fell asleep", False: "stayed awake"},
    "sleep": "slept {} of 10",
    "marks_gone": {True: "marks gone next day", False: "marks not gone next day"},
    "note": '"{}"',
}
TRENDS_SHORT: Final = "These are your own notes. They cannot show that the mat caused a change."
NO_ENTRIES_YET: Final = "No entry yet. Every question may be left empty."
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
CALM: Final = "after {time}; usually after {usual}"
STILL: Final = "{share:.0%} of the time"
STILL_USUAL: Final = "{share:.0%} of the time, usually {usual:.0%}"
DEPTH: Final = {
    "deeper": "breaths deeper than usual",
    "shallower": "breaths shallower than usual",
    "usual": "breaths as deep as usual",
}
