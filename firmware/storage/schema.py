"""The schema of the database: every table, and the numbered steps that lead from one version to the next.

`PRAGMA user_version` holds the number of the last step. A released step is never edited: a change is a new step, and
a database of a higher number belongs to a newer program and is left untouched.

| table | holds |
|---|---|
| boot | one row a power-on: offset_s is the wall clock at power-on, NULL until the clock was set |
| person, acknowledgement, chosen | people with their place in the programme, texts they have read, whose turn it is |
| session | one row a session from its start on, named by boot and opened_ns; end_ns is NULL while it is open |
| stage, marker, event | what happened in a session, each with its time |
| trace | chunks of a minute: load, motion and breaths every 5 s, newtons of each cell every 30 s |
| checkpoint | the one open session, rewritten every few seconds |
| entry | the journal: before, after, next morning; linked to a session and a person |
| mqtt_event, outbox | the newest MQTT messages that must arrive; those not yet acknowledged |
| mqtt_session | the id, in MQTT, of the open session |
| request | commands left by the command line for the running mat, and their answers |
| fault, backup | the last faults and backups |

Times named *_ns are nanoseconds since the power-on of the row's boot (CLOCK_BOOTTIME). The views session_dated and
entry_dated add the wall clock where the boot has one, so every row of a boot gets its date once the clock is set.
"""

from typing import Final

APPLICATION_ID: Final = 0x61637531  # "acu1"

STEP_1: Final = """
CREATE TABLE boot (
    id INTEGER PRIMARY KEY, boot_id TEXT NOT NULL UNIQUE, offset_s REAL, source TEXT NOT NULL DEFAULT '');
CREATE TABLE person (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE UNIQUE, level INTEGER NOT NULL, since_s REAL,
    stepped_s REAL, healed_s REAL);
CREATE TABLE acknowledgement (
    person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE, version INTEGER NOT NULL, date TEXT NOT NULL,
    PRIMARY KEY (person, version)) WITHOUT ROWID;
CREATE TABLE chosen (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL);
CREATE TABLE session (
    id INTEGER PRIMARY KEY, boot INTEGER NOT NULL REFERENCES boot, opened_ns INTEGER NOT NULL,
    start_ns INTEGER NOT NULL, end_ns INTEGER, simulated INTEGER NOT NULL DEFAULT 0,
    lying_s REAL, goal_s REAL, paused_s REAL, reason TEXT, exit TEXT, wiggles INTEGER, counted INTEGER,
    confirmed INTEGER, discomforts INTEGER, pressed_late INTEGER, eased_s REAL, stop_advised INTEGER,
    load_n REAL, lowering_s REAL, settled_s REAL, breaths_start REAL, breaths_end REAL, map BLOB,
    person INTEGER REFERENCES person ON DELETE CASCADE, level INTEGER, preset TEXT, day INTEGER, ended_s REAL,
    discomfort INTEGER, marks TEXT, UNIQUE (boot, opened_ns));
CREATE INDEX session_of_person ON session (person, ended_s);
CREATE TABLE stage (
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE, at_ns INTEGER NOT NULL, state TEXT NOT NULL);
CREATE INDEX stage_of_session ON stage (session);
CREATE TABLE marker (
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE, at_ns INTEGER NOT NULL, kind TEXT NOT NULL);
CREATE INDEX marker_of_session ON marker (session);
CREATE TABLE event (
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE, at_ns INTEGER NOT NULL, type TEXT NOT NULL,
    body TEXT NOT NULL);
CREATE INDEX event_of_session ON event (session);
CREATE TABLE trace (
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE, chunk INTEGER NOT NULL, curves BLOB NOT NULL,
    maps BLOB NOT NULL, PRIMARY KEY (session, chunk)) WITHOUT ROWID;
CREATE TABLE checkpoint (
    one INTEGER PRIMARY KEY CHECK (one = 1), session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    boot INTEGER NOT NULL REFERENCES boot, at_ns INTEGER NOT NULL, summary TEXT NOT NULL, state BLOB);
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, person INTEGER REFERENCES person ON DELETE CASCADE,
    session INTEGER REFERENCES session ON DELETE CASCADE, phase TEXT NOT NULL, boot INTEGER NOT NULL REFERENCES boot,
    at_ns INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX entry_of_session ON entry (session, phase);
CREATE INDEX entry_of_person ON entry (person);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, boot INTEGER NOT NULL REFERENCES boot, at_ns INTEGER NOT NULL, topic TEXT NOT NULL,
    payload BLOB NOT NULL, retain INTEGER NOT NULL);
CREATE TABLE request (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL, answer TEXT);
CREATE TABLE fault (
    id INTEGER PRIMARY KEY, boot INTEGER NOT NULL REFERENCES boot, at_ns INTEGER NOT NULL, name TEXT NOT NULL,
    text TEXT NOT NULL);
CREATE TABLE backup (
    id INTEGER PRIMARY KEY, boot INTEGER NOT NULL REFERENCES boot, at_ns INTEGER NOT NULL, file TEXT NOT NULL);
CREATE VIEW session_dated AS
    SELECT session.*, boot.offset_s + start_ns / 1e9 AS start_s, boot.offset_s + end_ns / 1e9 AS end_s
    FROM session JOIN boot ON boot.id = session.boot;
CREATE VIEW entry_dated AS
    SELECT entry.*, boot.offset_s + at_ns / 1e9 AS at_s FROM entry JOIN boot ON boot.id = entry.boot;
"""

# An offer that waits for an answer (JSON), and a shorter time that a person chose.
STEP_2: Final = """
ALTER TABLE person ADD COLUMN offer TEXT;
ALTER TABLE person ADD COLUMN minutes REAL;
"""

# The outbox of MQTT; the table of step 1 was never used.
STEP_3: Final = """
DROP TABLE outbox;
CREATE TABLE mqtt_event (
    seq INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL, PRIMARY KEY (seq, topic)) WITHOUT ROWID;
CREATE TABLE outbox (
    seq INTEGER NOT NULL, topic TEXT NOT NULL, PRIMARY KEY (seq, topic),
    FOREIGN KEY (seq, topic) REFERENCES mqtt_event ON DELETE CASCADE) WITHOUT ROWID;
CREATE TABLE mqtt_session (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);
"""

# How calm a session was: share of the lying time without movement, and the load that a breath moved along the mat.
STEP_4: Final = """
ALTER TABLE session ADD COLUMN still_share REAL;
ALTER TABLE session ADD COLUMN breath_depth_n REAL;
"""

MIGRATIONS: Final[tuple[str, ...]] = (STEP_1, STEP_2, STEP_3, STEP_4)
VERSION: Final = len(MIGRATIONS)
