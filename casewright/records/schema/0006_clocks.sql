-- What people work to, and when a row came to be stored: the lateness of a deadline is the difference.

ALTER TABLE ticket ADD COLUMN deadline timestamptz;      -- the nearest of all that run; NULL: none, or paused
CREATE INDEX ticket_due_of_team ON ticket (team, deadline) WHERE phase = 'open' AND deadline IS NOT NULL;

ALTER TABLE journal ADD COLUMN stored_at timestamptz NOT NULL DEFAULT clock_timestamp();
