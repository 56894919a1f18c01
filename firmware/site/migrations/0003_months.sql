-- Figures of each month, kept by triggers as sessions come and go: a year of a thousand mats is twelve thousand rows here
-- instead of 730,000 sessions. A row that comes twice fires no trigger twice, as it is inserted once.
CREATE TABLE month_mat (
    site text NOT NULL,
    month date NOT NULL,
    mat text NOT NULL,
    sessions integer NOT NULL,
    lying_s double precision NOT NULL,
    goal_reached integer NOT NULL,
    discomfort integer NOT NULL,
    PRIMARY KEY (site, month, mat)
);
CREATE TABLE month_person (
    site text NOT NULL,
    month date NOT NULL,
    person text NOT NULL,
    sessions integer NOT NULL,
    PRIMARY KEY (site, month, person)
);

CREATE FUNCTION month_of(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT date_trunc('month', at AT TIME ZONE 'UTC')::date
$$;

-- Owner's rights: a site reads these tables and cannot write them.
CREATE FUNCTION count_sessions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    way integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    INSERT INTO month_mat AS kept
        SELECT site, month_of(started_at), mat, way * count(*), way * sum(changed.lying_s),
            way * count(*) FILTER (WHERE reason = 'goal_reached'), way * count(*) FILTER (WHERE reason = 'discomfort')
        FROM changed WHERE counted GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (site, month, mat) DO UPDATE SET sessions = kept.sessions + excluded.sessions,
            lying_s = kept.lying_s + excluded.lying_s, goal_reached = kept.goal_reached + excluded.goal_reached,
            discomfort = kept.discomfort + excluded.discomfort;
    INSERT INTO month_person AS kept
        SELECT site, month_of(started_at), person, way * count(*) FROM changed WHERE counted AND person IS NOT NULL
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (site, month, person) DO UPDATE SET sessions = kept.sessions + excluded.sessions;
    IF way < 0 THEN
        DELETE FROM month_mat WHERE sessions = 0;
        DELETE FROM month_person WHERE sessions = 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_new AFTER INSERT ON session REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION count_sessions();
CREATE TRIGGER count_gone AFTER DELETE ON session REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION count_sessions();

INSERT INTO month_mat
    SELECT site, month_of(started_at), mat, count(*), sum(lying_s), count(*) FILTER (WHERE reason = 'goal_reached'),
        count(*) FILTER (WHERE reason = 'discomfort')
    FROM session WHERE counted GROUP BY 1, 2, 3;
INSERT INTO month_person
    SELECT site, month_of(started_at), person, count(*) FROM session WHERE counted AND person IS NOT NULL GROUP BY 1, 2, 3;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['month_mat', 'month_person'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_site ON %I USING (site = substr(current_user::text, 6))', name);
    END LOOP;
END $$;
