-- The time that tickets live in: epoch + (real time - epoch) * speed. Kept once with the data and never changed, as
-- every instant in them would mean another one.

CREATE TABLE tempo (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),     -- there is one row
    epoch  timestamptz NOT NULL CHECK (isfinite(epoch)),
    speed  double precision NOT NULL CHECK (speed > 0 AND speed < 'infinity'),
    set_at timestamptz NOT NULL DEFAULT now()                -- by the wall clock
);
CREATE TRIGGER tempo_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tempo
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Tickets of earlier releases have lived by the wall clock.
INSERT INTO tempo (epoch, speed) SELECT '2020-01-01 00:00:00+00', 1 WHERE EXISTS (SELECT FROM journal);

GRANT SELECT, INSERT ON tempo TO casewright_app;
