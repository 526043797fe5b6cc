-- Who may act, which policy versions there are, and what is stopped.

CREATE TABLE person (
    id         text PRIMARY KEY,
    name       text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('person', 'service')),
    roles      text[] NOT NULL,
    token_hash bytea UNIQUE,          -- SHA-256 of a random token
    active     boolean NOT NULL DEFAULT true,
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE policy_version (
    policy         text NOT NULL,
    version        integer NOT NULL CHECK (version >= 1),
    content        text NOT NULL,
    hash           text NOT NULL,
    effective_from timestamptz NOT NULL,
    loaded_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (policy, version)
);

-- Emergency stops: a log; the latest row of a scope counts.
CREATE TABLE emergency_stop_log (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope  text NOT NULL CHECK (scope ~ '^[A-L](\.[1-9])?$'),   -- a policy or a whole category
    action text NOT NULL CHECK (action IN ('set', 'lift')),
    person text NOT NULL,
    reason text NOT NULL,
    at     timestamptz NOT NULL
);
CREATE INDEX emergency_stop_latest ON emergency_stop_log (scope, id DESC);

CREATE VIEW emergency_stop WITH (security_invoker = true) AS
    SELECT scope, person, reason, at
    FROM (SELECT DISTINCT ON (scope) * FROM emergency_stop_log ORDER BY scope, id DESC) AS latest
    WHERE action = 'set';

CREATE TRIGGER policy_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER emergency_stop_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON emergency_stop_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, UPDATE ON person TO casewright_app;
GRANT SELECT, INSERT ON policy_version, emergency_stop_log TO casewright_app;
GRANT SELECT ON emergency_stop TO casewright_app;
