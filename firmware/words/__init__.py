"""The sentences shown to people, all of them. Plain, kind, present tense; no promise, no alarm, no exclamation.

The mat times and records relaxation sessions. It says what it measures and what many people report, never that it
treats, cures or watches over anybody. Keys are the values of the enums in types.py and in the rooms that use them.
"""

from typing import Final

PRODUCT: Final = "Times and records relaxation sessions on an acupressure mat."

DISCLAIMER: Final = (
    "Hobby project for timing relaxation. Not a medical device; it does not diagnose, treat or monitor any condition, "
    "and nobody is watching it. Do not rely on it to wake you or to notice that you are unwell. "
    'Read "Before you use it". Stop if discomfort persists or grows.'
)

# --- before the first session ------------------------------------------------------------------------
# A new text is a new version: who accepted an older one is asked again. Only the date and the version are kept.
ACKNOWLEDGEMENT_VERSION: Final = 1
BEFORE_YOU_USE_IT: Final = (
    "Ask a doctor first if you are pregnant, take blood thinners or have a clotting or bleeding disorder.",
    "Do not use it on open wounds, sunburn or skin that is ill where you would lie.",
    (
        "People with these were left out of a trial of such mats: malignant back pain, a spine deformity, a movement "
        "disorder, spinal surgery within the last year, severe mental illness, or recent treatment with "
        "anticoagulants, corticoids or acupuncture. If one of them is yours, ask a doctor first."
    ),
    "Temporary marks are common. Stop if skin is broken or marks last over a day.",
)
ACKNOWLEDGEMENT: Final = "I have read this. The mat stores the date, nothing about my health."
NEEDS_ACKNOWLEDGEMENT: Final = 'Please read "Before you use it". Until then the mat times at the first level.'
FIRST_TIME: Final = (
    "Begin on a bed with a thick towel between you and the points.",
    "Sit at the hips end, then lower yourself backward slowly. The timer starts by itself.",
    "The first minute is the sharpest. Breathe out slowly; many people feel it soften within five minutes.",
    "Lie still. To change position, lift and put down again instead of sliding.",
    "Press the key in your hand when it hurts, twice when it eases, and hold it for two seconds to end.",
    "To get up, roll to your side and push up with your hands.",
)

# --- the session -------------------------------------------------------------------------------------
STATE: Final = {
    "idle": "Sit at the hips end, then lower yourself slowly. The timer starts by itself.",
    "seated": "Sit at the hips end, then lower yourself slowly. The timer starts by itself.",
    "lowering": "Slowly. Take your time.",
    "standing": "You stand on the mat. Stand still and step off when you like; it counts for nothing.",
    "settling": "The sharp feeling peaks about now and usually eases soon. Breathe out slowly.",
    "easing": "Let the mat take your weight. Many people feel it soften in these minutes.",
    "resting": "Nothing to do now. Breathe slowly and stay as you are.",
    "closing": "Nearly there. Begin to notice the room again; no hurry.",
    "done": "Well done. Roll to your side, then push up slowly with your hands.",
    "overtime": "Your time is complete. Whenever you are ready, roll to your side and get up slowly.",
    "rolling": "Slowly. Push up with your hands.",
    "paused": "Lie back when you are ready and your session carries on.",
    "leaving": "Slowly. Sit for a moment before you stand.",
    "uncertain": "The mat cannot feel you at the moment. The timer goes on.",
    "aftercare": "Sit for a moment. A glass of water is a good idea.",
}
DONE_AFTER_STOP: Final = "Roll to your side, then push up slowly with your hands, and rest."  # no praise for staying
WHY: Final = {
    "settling": "Settling is the first minute.",
    "easing": "Easing lasts until five minutes.",
    "resting": "Resting begins after 5 minutes.",
    "closing": "Closing is the last minute.",
}
ENDED: Final = {
    "goal_reached": "You stayed for the whole time.",
    "left_early": "A shorter session is a session too.",
    "not_confirmed": "The mat saw no sign of a person, so it is not counted.",
    "too_short": "Under a minute: noted as an attempt, not counted.",
    "sensor_lost": "The mat lost its cells, so the end is the last moment it was sure of.",
    "end_of_recording": "The recording ends here.",
    "discomfort": "You stopped because it hurt. Stopping early is a good choice.",
    "user": "You ended the session.",
    "interrupted": "The power went away. What was noted until then is kept.",
}
STOP: Final = {
    "growing": "Please stop for today. You told the mat three times that it hurts.",
    "persistent": "Please stop for today. It still hurts after five minutes.",
}
STOP_HOW: Final = "Roll to your side, push up with your hands, and rest. Stopping early is a good choice."

# --- hints: what was seen, and what is kinder ----------------------------------------------------------
HINT: Final = {
    "lowered_fast": "You came down quickly. Lowering over a few seconds makes the first moment milder.",
    "uneven": "One side carries more. Shift a little until both sides feel alike; lift rather than slide.",
    "lumbar_low": "The small of your back rests lightly. A rolled towel under the knees may bring it nearer.",
    "rolled": "You rolled to the side before getting up. That is the gentle way.",
    "sat_up": "You sat up straight. Rolling to the side first is gentler.",
    "abrupt": "You got up quickly. Rolling to the side and waiting a moment is gentler.",
    "steady": "Sit until you feel steady.",
    "stood_long": "You have stood here for five minutes. Step off carefully, holding on to something.",
    "water": "Drink a glass of water.",
}
WIGGLE: Final = "Sliding scratches. Lifting is the kind way to change position."

# --- the programme: offers, never orders ----------------------------------------------------------------
COVER: Final = {
    "thick_towel": "a thick towel",
    "thin_towel": "a thin towel",
    "t_shirt": "a t-shirt",
    "bare": "bare skin",
}
SURFACE: Final = {"bed": "a bed or couch", "floor": "the floor"}
OFFER: Final = {
    "ready": "The last sessions went well. Would you like to try the next level? Only one thing changes.",
    "stopped": "You stopped because it hurt. Would you like to go one level down?",
    "unfinished": "The last sessions were shorter than planned. Would a lower level suit you better?",
    "away": "It has been a while. Would you like to begin one level lower?",
    "far_away": "It has been over a month. Would you like to begin two levels lower?",
}
HOLD: Final = {
    "stopped": "The programme rests for a day after a stop.",
    "skin": "The programme rests until your skin has healed.",
    "acknowledge": NEEDS_ACKNOWLEDGEMENT,
}
CONFIRM_HIGHER: Final = "This is more than the level you are on. Do you want it all the same?"
SPACING: Final = "Your last session was only a few hours ago. A longer break gives your skin time."
WEEK: Final = "{done} of {target} sessions this week."

# --- the button and the same commands from elsewhere ------------------------------------------------------
COMMAND: Final = {
    "discomfort": "It hurts now",
    "easing": "It is easing",
    "end": "End session",
    "carry_on": "Carry on",
    "show_state": "Show how you are",
    "zero": "Set to zero",
    "silent": "Sound on or off",
    "shutdown": "Switch off",
}
REFUSED: Final = {
    "no_session": "There is no session: lie down first.",
    "not_empty": "Somebody may be on the mat: clear it and wait until it is at rest.",
    "session": "A session is running: end it first.",
}
BUTTON_STUCK: Final = "The key has been down for over half a minute. It is ignored until it comes free."

# --- the journal: how it was, in the person's own words -----------------------------------------------------
ASK: Final = {
    "back_pain": "Back, 0 to 10",
    "headache": "Head, 0 to 10",
    "tension": "Tension, 0 to 10",
    "stress": "Stress, 0 to 10",
    "discomfort": "How much did the points hurt after five minutes, 0 to 10?",
    "lightheaded": "Did you feel lightheaded when you got up?",
    "water": "Did you drink something?",
    "marks": "Marks on the skin?",
    "marks_gone": "Were the marks gone by the next day?",
    "slept": "Did you fall asleep on the mat?",
    "sleep": "How did you sleep, 0 very badly to 10 very well?",
}
TRENDS: Final = (
    "These are your own notes. They can help you see what suits you; they cannot show that the mat caused a change. "
    "Pain goes up and down by itself."
)

# --- what happens, a few words for each event: lines of the live view. {e} is the event ------------------------
EVENT: Final = {
    "seated": "sits on the base",
    "lowering": "lowers",
    "lying_suspected": "seems to lie",
    "lie_down": "lies down, {e.load_n:.0f} N",
    "lowered": "came down{within}{peak}",
    "settled": "settled, after {e.after_s:.0f} s of lying",
    "confirmed": "this is a person: {e.evidence}",
    "wiggle": "wiggle ({e.grade}), {e.moved_n:.0f} N there and back",
    "repositioned": "lifted and laid down anew",
    "get_up": "gets up ({how}): {e.evidence}",
    "rolled_aside": "rolled to the side",
    "rolled_back": "lies as before",
    "mat_emptied": "nobody on the mat",
    "standing_started": "stands on it",
    "standing_ended": "stood for {e.standing_s:.0f} s, the centre of load went {e.path_m:.2f} m",
    "overlong_session": "has lain there for {minutes:.0f} min, far longer than a session",
    "stage_changed": "stage: {how}",
    "sensor_lost": "too few cells to know what happens, {silent} do not answer",
    "sensor_back": "enough cells again, {silent} do not answer",
    "discomfort": "says that it hurts, after {minutes:.0f} min of lying",
    "eased": "says that it eases, after {minutes:.0f} min of lying",
    "end_requested": "asks for the end of the session",
    "command_accepted": "asked: {how}",
    "stop_advised": "{how}",
    "button_held": "the key is down for {e.held_s:.0f} s",
    "button_stuck": "{how}",
    "hint": "{how}",
    "zeroed": "new zero, {kg:+z.1f} kg: {how}",
    "session_ended": "session {e.summary.number} closed: {how}",
}
LOWERED_WITHIN: Final = " within {:.0f} s"
LOWERED_PEAK: Final = ", the upper half with a peak of {:.0%} above rest"
BUTTON_FREE: Final = "the key came free again"
ZEROED: Final = {
    "start": "close to the one that was kept",
    "placed": "something lies on it that stays",
    "lifted": "something was taken off it",
    "asked": "somebody asked for it",
}
