-- The role site_<site> reads and writes the rows of its site; the owner of the tables makes partitions and roles.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['mat', 'person', 'forgotten', 'forgotten_session', 'event', 'session', 'journal', 'dead_letter'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_site ON %I USING (site = substr(current_user::text, 6))'
            ' WITH CHECK (site = substr(current_user::text, 6))', name);
    END LOOP;
END $$;
