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
BEFORE_TITLE: Final = "Before you use it"
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
# The same for the page, in short points.
ASK_FIRST: Final = (
    "are pregnant",
    "take blood thinners, or bleed or bruise easily",
    "have had back surgery in the last year, or have a condition of the spine or the nerves",
)
ASK_FIRST_MORE: Final = (
    "One trial also left out people with cancer-related back pain, a movement disorder, severe mental illness, or a "
    "recent cortisone or acupuncture treatment. Ask first if that is you."
)
NOT_ON: Final = ("open wounds, sunburn or irritated skin", "skin that was broken last time, until it has healed")
STOP_WHEN: Final = ("it still hurts after five minutes", "it hurts more and more", "you feel unwell, dizzy or numb")
STOP_MORE: Final = (
    "Stopping early is a good choice. Temporary marks are common; stop using it if skin is broken or marks last more "
    "than a day."
)
ON_AND_OFF: Final = (
    "Sit at the hips end.",
    "Lower yourself slowly, over three seconds or more.",
    "Once down, lift to change position; do not slide.",
    "To get up, roll to your side and push up with your hands.",
    "Sit until you feel steady. Drink some water.",
)
DISCLAIMER_PAGE: Final = (
    "A hobby project that times and records relaxation sessions on an acupressure mat. It is "
    "not a medical device; it does not diagnose, treat or monitor any condition, and nobody is watching it. Do not "
    "rely on it to wake you or to notice that you are unwell."
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
    "resting": "Resting is the time after minute 5.",
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
STOP_FIRST: Final = "Please stop for today."
STOP_HOW: Final = "Roll to your side, push up with your hands, and rest. Stopping early is a good choice."

# --- hints: what was seen, and what is kinder ----------------------------------------------------------
HINT: Final = {
    "lowered_fast": "You came down quickly. Lowering over a few seconds makes the first moment milder.",
    "uneven": "One side carries more. Shift a little until both sides feel alike; lift rather than slide.",
    "lumbar_low": "The small of your back rests lightly. A rolled towel under the knees may bring it nearer.",
    "rolled": "You rolled to the side before getting up. That is the gentle way.",
    "sat_up": "You sat up straight. Rolling to the side first is gentler.",
    "abrupt": "You got up quickly. Rolling to the side and waiting a moment is gentler.",
    "up_slowly": "Sit until you feel steady, tense your legs, then stand.",
    "steady": "Sit until you feel steady, tense your legs, then stand.",
    "stood_long": "You have stood here for five minutes. Step off carefully, holding on to something.",
    "water": "Drink a glass of water.",
}
WIGGLE: Final = "Sliding scratches. Lifting is the kind way to change position."

# --- the programme: offers, never orders ----------------------------------------------------------------
COVER: Final = {
    "double_towel": "two layers of a thick towel",
    "thick_towel": "a thick towel",
    "thin_towel": "a thin towel",
    "t_shirt": "a t-shirt",
    "bare": "bare skin",
}
COVER_SHORT: Final = {
    "double_towel": "double towel",
    "thick_towel": "thick towel",
    "thin_towel": "thin towel",
    "t_shirt": "t-shirt",
    "bare": "bare skin",
}
SURFACE_SHORT: Final = {"bed": "on a bed", "floor": "on the floor"}
SURFACE: Final = {"bed": "a bed or couch", "floor": "the floor"}
OFFER: Final = {
    "nearly": "You lie nearly the whole time, day after day. Would you like to make this shorter time your goal?",
    "ready": "The last sessions went well. Would you like to try the next level? Only one thing changes.",
    "stopped": "On this level you stopped because it hurt. Would you like to go one level down?",
    "unfinished": "The last sessions were shorter than planned. Would a lower level suit you better?",
    "rest": (
        "You have used the mat for a while. One maker's custom is a week off now; no trial has tested it. "
        "Would you like to take one?"
    ),
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
GUEST_TURN: Final = "It is the turn of the guest."
GUEST_LEVEL: Final = "The guest: level {level}. Sessions of the guest count for nobody."
NOBODY_YET: Final = "No people yet: a person has levels, trends and notes of their own."
NO_DATE: Final = "The clock is not set yet: levels stay, and nothing is offered."
WEEK: Final = "{done} of {target} sessions this week."
WEEK_MORE: Final = "{done} sessions this week; {target} are the aim."

# --- the button and the same commands from elsewhere ------------------------------------------------------
REFUSED: Final = {
    "no_session": "There is no session: lie down first.",
    "not_empty": "Somebody may be on the mat: clear it and wait until it is at rest.",
    "session": "A session is running: end it first.",
    "no_advice": "Nothing was advised, so there is nothing to carry on from.",
    "guest": "It is the guest's turn: choose a person first.",
    "no_last_session": "There is no session of this person to note it for.",
    "no_offer": "Nothing is offered.",
}

REASON_SHORT: Final = {
    "goal_reached": "goal reached",
    "left_early": "ended before the goal",
    "too_short": "under a minute",
    "not_confirmed": "no sign of a person",
    "sensor_lost": "the mat lost its cells",
    "discomfort": "it hurt",
    "user": "ended by the person",
    "interrupted": "the power went away",
    "end_of_recording": "end of the recording",
}
EXIT_SHORT: Final = {"rolled": "rolled", "sat_up": "sat up", "abrupt": "quickly", "unknown": "not known"}

# --- the live view of a terminal, and the page ------------------------------------------------------------------
AVERAGE_MAP: Final = "Average while you rested."
MAP_THEN: Final = "The load at that moment."
ROLLING_FIRST: Final = "Rolling first is the gentle way."
WHAT_THIS_IS: Final = "times relaxation sessions on an acupressure mat"
WHAT_THIS_IS_SHORT: Final = "times relaxation sessions"
NOBODY_THERE: Final = "Nobody lies here: a computer plays a person, {speed} times as fast."
NOBODY_THERE_REAL: Final = "Nobody lies here: a computer plays a person."
NOBODY_THERE_SHORT: Final = "Nobody lies here: a computer plays it"
STAGE: Final = {
    "idle": "Ready when you are",
    "seated": "Sitting",
    "lowering": "Lying down",
    "standing": "Standing",
    "settling": "Settling",
    "easing": "Easing",
    "resting": "Resting",
    "closing": "Closing",
    "done": "Done",
    "overtime": "A little longer",
    "rolling": "Rolling over",
    "paused": "Paused",
    "leaving": "Getting up",
    "uncertain": "Not sure",
    "aftercare": "Afterwards",
}
STAGE_SHORT: Final = {"idle": "Ready"}
REASON: Final = {
    "idle": "The mat is empty and set to zero.",
    "done": "There is no hurry.",
    "overtime": "There is no hurry.",
    "paused": "The mat felt you sit up {ago_s:.0f} seconds ago.",
}
NO_ZERO: Final = "Keep the mat empty for a few seconds. It finds its zero by itself."
NO_ZERO_REASON: Final = "Somebody on it? It waits until the mat is empty."
TOO_FEW: Final = 'Too few cells answer to time a session. "acumat doctor" shows which.'
TOO_FEW_PAGE: Final = "Too few cells answer to time a session. Set-up shows which."
ANSWERING: Final = "{answering} of {cells} answer."
NOT_CALIBRATED: Final = "The mat is not calibrated yet."
NOT_CALIBRATED_TEXT: Final = (
    "Timing works. The map shows no kilograms until you calibrate in Set-up (about 15 minutes)."
)
BREATHS_ABOUT: Final = "An estimate from the mat, nothing to aim for."
BREATHS_WAIT: Final = "Needs about 30 s of lying still."
BREATHS_MOVING: Final = "Not known while you move."
BREATHS_NOBODY: Final = "Known only while a person lies here."
PAST_GOAL: Final = (
    "You are {over_min} minutes past your {goal_min:.0f}-minute goal. That is fine; 40 minutes is the longest the mat "
    "suggests."
)
TOO_FEW_REASON: Final = "{answering} of {cells} answer; {needed} are needed."
DO_NOT_ANSWER: Final = {True: "{cells} does not answer.", False: "{cells} do not answer."}
NOT_IN_ORDER: Final = "Not in order: {parts}."
NOT_IN_ORDER_HELP: Final = "Times are right; see `acumat doctor`."
IN_ORDER_AGAIN: Final = "{part}: in order again"
STILL_RIGHT: Final = "Times are right; sides and centre not known."
STOP_END: Final = "To end, hold the key for two seconds."
LIGHT_OFF: Final = "off, so that you can rest"
NO_SESSION: Final = "No session this time."
NO_SESSION_REASON: Final = "Nobody lay down, so none was timed."
ENDED_HERE: Final = "The program ended here; what was timed counts."
ENDED_AFTER_STOP: Final = "Stopping early is a good choice."

# --- what happens: one line of at most 39 characters for each event, in terminal, log, MQTT and page -------------
EVENT: Final = {
    "mat_occupied": "10 kg or more are on the mat.",
    "object_detected": "A thing lies here, not a person.",
    "start_corrected": "The start of lying is certain now.",
    "end_corrected": "The end of lying is certain now.",
    "lying_reversed": "Your head is at the hips end today.",
    "seated": "You sit down at the hips end.",
    "lowering": "You lower yourself.",
    "lying_suspected": "Looks like lying down; making sure.",
    "lie_down": "You lie down; the timer runs.",
    "lowered": "You came down{how}.",
    "confirmed": "The mat is sure now: this counts.",
    "settled": "You lie still.",
    "stage_changed": "{how}",
    "wiggle": "{how}",
    "repositioned": "You lifted to move: the kind way.",
    "discomfort": "You pressed: it hurts.",
    "eased": "You pressed: it is easing.",
    "stop_advised": "Please stop for today.",
    "hint": "{how}",
    "rolled_aside": "You roll to your side.",
    "rolled_back": "You lie as before.",
    "get_up": "{how}",
    "mat_emptied": "The mat is empty.",
    "standing_started": "You stand on the mat.",
    "standing_ended": "{how}",
    "overlong_session": "{how} min on the mat: longer than planned.",
    "sensor_lost": "Too few cells answer: {how}.",
    "sensor_back": "Enough cells again: {how}.",
    "frames_lost": "{e.lost_s:.1f} s without readings.",
    "end_requested": "You asked to end the session.",
    "command_accepted": "{how}",
    "button_held": "",  # a moment while the key is down
    "button_stuck": "{how}",
    "zeroed": "{how}",
    "session_ended": "{how}",
}
CLOSED: Final = "Session {number}: {time} on the mat."
NOT_CONFIRMED: Final = "No sign of a person: not counted."
LOWERED: Final = {True: " quickly, in {:.1f} s", False: " slowly, in {:.0f} s"}
# States without a line have an event of their own: seated, lowering, standing, rolling, leaving, aftercare.
STAGE_BEGINS: Final = {
    "settling": "Settling: the first minute.",
    "easing": "Easing begins.",
    "resting": "Resting begins.",
    "closing": "The last minute begins.",
    "done": "Your {goal_min:.0f} minutes are complete.",
    "overtime": "{lying_min:.0f} minutes: a good time to get up.",
    "paused": "You are up. {resume_s:.0f} s to lie back.",
    "uncertain": "The mat cannot feel you just now.",
}
LIES_AGAIN: Final = "You lie again; it goes on."
MOVED: Final = {
    "slight": "You moved a little.",
    "clear": "You moved.",
    "strong": "You moved a lot. Lift, do not slide.",
}
HINT_LINE: Final = {
    "uneven": "One side carries more: lift, even out.",
    "lumbar_low": "The small of your back lies lightly.",
    "up_slowly": "Sit until steady, tense your legs.",
    "steady": "Sit until steady, tense your legs.",
    "stood_long": "You stood long: step off, hold on.",
    "water": "Drink a glass of water.",
}
GOT_UP: Final = {
    "rolled": "You rolled to your side and got up.",
    "sat_up": "You sat up and got up.",
    "abrupt": "You got up quickly.",
    "unknown": "You got up.",
}
ACCEPTED: Final = {
    "carry_on": "You carry on.",
    "shutdown": "Switching off.",
    "next_length": "Another length for the next session.",
    "next_sound": "Another sound: normal, quiet, silent.",
    "night": "Night light, or by the clock again.",
    "next_person": "The turn goes to the next person.",
    "new_person": "A new person has the turn.",
}
SOUND: Final = {True: "Sound is off now.", False: "Sound is on again."}
STUCK: Final = {True: "The key is stuck; it is ignored.", False: "The key works again."}
ZEROED: Final = {
    "start": "Set to zero.",
    "placed": "Set to zero: {kg:.1f} kg stays on the mat.",
    "lifted": "Set to zero: {kg:.1f} kg was taken off.",
    "asked": "Set to zero, as you asked.",
}
SILENT_CELLS: Final = "{cells} fell silent."
CELLS_AGAIN: Final = "{cells}: answering again."
SESSION_STARTED: Final = "A session has started."
GOAL_REACHED: Final = "The goal is reached."
COMMAND_REFUSED: Final = "{name} was refused: {why}"
STOOD: Final = {False: "You stood for {how}; it is not counted.", True: "You stood for {how}; not counted."}
