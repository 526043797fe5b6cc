-- A lift names the stop that it ends, so that nobody lifts what somebody else has set meanwhile; and nobody sets or
-- lifts one without saying why. Rows of earlier releases stay as they are.

ALTER TABLE emergency_stop_log
    ADD COLUMN lifts bigint UNIQUE REFERENCES emergency_stop_log,
    ADD CONSTRAINT emergency_stop_lift_names_its_stop CHECK ((action = 'lift') = (lifts IS NOT NULL)) NOT VALID,
    ADD CONSTRAINT emergency_stop_has_a_reason CHECK (reason ~ '\S') NOT VALID;

CREATE OR REPLACE VIEW emergency_stop WITH (security_invoker = true) AS
    SELECT scope, person, reason, at, id
    FROM (SELECT DISTINCT ON (scope) * FROM emergency_stop_log ORDER BY scope, id DESC) AS latest
    WHERE action = 'set';
