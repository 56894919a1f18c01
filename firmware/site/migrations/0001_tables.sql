-- A site sees its own rows only: it works as the role site_<site>, and every table compares that name (0002).
-- "at" of an event and started_at of a session are the partition keys, taken from the message, never from the arrival:
-- a message that comes twice has the same key and is the same row. Without a clock on the mat they are 1970-01-01.

CREATE TABLE mat (
    site text NOT NULL,
    mat text NOT NULL CHECK (mat ~ '^[a-z0-9-]{1,32}$'),
    enrolled_at timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz,
    journal_consent boolean NOT NULL DEFAULT false,
    online boolean NOT NULL DEFAULT false,
    seen_at timestamptz,
    software text,
    state jsonb,
    info jsonb,
    received int8multirange NOT NULL DEFAULT '{}',   -- numbers (seq) of its messages that are stored
    given_up int8multirange NOT NULL DEFAULT '{}',   -- numbers that the mat no longer has
    last_seq bigint,                                 -- newest number that the mat has made, by its own figures (diag)
    replay_wanted boolean NOT NULL DEFAULT true,
    replay_asked_at timestamptz,
    replay_asks integer NOT NULL DEFAULT 0,          -- without an answer that closed the gap
    PRIMARY KEY (site, mat)
);

CREATE TABLE person (                                -- a pseudonym is a keyed digest; no name is ever stored
    site text NOT NULL,
    pseudonym text NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site, pseudonym)
);

CREATE TABLE forgotten (                             -- people who were deleted: a replay must not bring them back
    site text NOT NULL,
    pseudonym text NOT NULL,
    deleted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    proof jsonb NOT NULL,
    PRIMARY KEY (site, pseudonym)
);

CREATE TABLE forgotten_session (                     -- their sessions, whose events name no person
    site text NOT NULL,
    mat text NOT NULL,
    session_id text NOT NULL,
    PRIMARY KEY (site, mat, session_id)
);

CREATE TABLE event (
    site text NOT NULL,
    event_id text NOT NULL,
    at timestamptz NOT NULL,
    mat text NOT NULL,
    seq bigint NOT NULL,
    type text NOT NULL,
    session_id text,
    person text,
    body jsonb NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (site, event_id, at)
) PARTITION BY RANGE (at);
CREATE INDEX event_mat_at ON event (site, mat, at);

CREATE TABLE session (
    site text NOT NULL,
    mat text NOT NULL,
    session_id text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    lying_s double precision NOT NULL,
    goal_s double precision,
    reason text NOT NULL,
    exit text NOT NULL,
    wiggles integer NOT NULL,
    counted boolean NOT NULL,
    person text,
    PRIMARY KEY (site, mat, session_id, started_at)
) PARTITION BY RANGE (started_at);
CREATE INDEX session_started ON session (site, started_at);

CREATE TABLE journal (
    site text NOT NULL,
    event_id text NOT NULL,
    at timestamptz NOT NULL,
    mat text NOT NULL,
    session_id text,
    person text,
    body jsonb NOT NULL,
    PRIMARY KEY (site, event_id, at)
) PARTITION BY RANGE (at);

CREATE TABLE event_undated PARTITION OF event DEFAULT;
CREATE TABLE session_undated PARTITION OF session DEFAULT;
CREATE TABLE journal_undated PARTITION OF journal DEFAULT;

CREATE TABLE dead_letter (
    site text NOT NULL,
    digest bytea NOT NULL,                           -- of topic and payload: the same message is one row
    topic text NOT NULL,
    payload bytea NOT NULL,                          -- the beginning of it
    bytes integer NOT NULL,
    reason text NOT NULL,
    times integer NOT NULL DEFAULT 1,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site, digest)
);

-- A partition for one month of one table; rows of that month that wait in the default partition move into it.
CREATE FUNCTION add_month(parent text, part text, key text, first_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    last_day date := (first_day + interval '1 month')::date;
BEGIN
    IF to_regclass(part) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TEMP TABLE moving ON COMMIT DROP AS SELECT * FROM %I WHERE %I >= %L::timestamptz AND %I < %L::timestamptz',
        parent || '_undated', key, first_day || ' UTC', key, last_day || ' UTC');
    EXECUTE format('DELETE FROM %I WHERE %I >= %L::timestamptz AND %I < %L::timestamptz',
        parent || '_undated', key, first_day || ' UTC', key, last_day || ' UTC');
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
        part, parent, first_day || ' 00:00 UTC', last_day || ' 00:00 UTC');
    EXECUTE format('INSERT INTO %I SELECT * FROM moving', part); -- not the parent: its triggers count
    DROP TABLE moving;
END $$;

-- Partitions from one month to another, and none older than the oldest kept. Returns how many were dropped.
CREATE FUNCTION keep_months(oldest date, newest date, make_from date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    kind record;
    first_day date;
    part text;
    dropped integer := 0;
BEGIN
    FOR kind IN SELECT * FROM (VALUES ('event', 'at'), ('session', 'started_at'), ('journal', 'at')) AS k(parent, key) LOOP
        first_day := date_trunc('month', make_from)::date;
        WHILE first_day <= newest LOOP
            PERFORM add_month(kind.parent, kind.parent || to_char(first_day, '_YYYY_MM'), kind.key, first_day);
            first_day := (first_day + interval '1 month')::date;
        END LOOP;
        FOR part IN
            SELECT inhrelid::regclass::text FROM pg_inherits
            WHERE inhparent = kind.parent::regclass AND inhrelid::regclass::text ~ '_\d{4}_\d{2}$'
        LOOP
            IF to_date(right(part, 7), 'YYYY_MM') < date_trunc('month', oldest) THEN
                EXECUTE format('DROP TABLE %I', part);
                dropped := dropped + 1;
            END IF;
        END LOOP;
        -- The rows without a date of their own, and those that lie before every month, go by the day they came.
        IF kind.parent = 'event' THEN
            DELETE FROM event_undated WHERE stored_at < oldest;
        END IF;
    END LOOP;
    DELETE FROM month_mat WHERE month < date_trunc('month', oldest);
    DELETE FROM month_person WHERE month < date_trunc('month', oldest);
    DELETE FROM dead_letter WHERE received_at < now() - interval '30 days';
    RETURN dropped;
END $$;
