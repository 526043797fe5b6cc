-- Where people are reached, and who stands in for whom while they are away (RULES §5).

ALTER TABLE person ADD COLUMN mail text, ADD COLUMN phone text;

CREATE TABLE absence (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person text NOT NULL REFERENCES person,
    deputy text NOT NULL REFERENCES person,
    "from" timestamptz NOT NULL,
    until  timestamptz NOT NULL,
    set_by text NOT NULL,
    at     timestamptz NOT NULL,
    CONSTRAINT absence_has_another_as_deputy CHECK (deputy <> person),
    CONSTRAINT absence_lasts CHECK (until > "from")
);
CREATE INDEX absence_of_deputy ON absence (deputy, until);
CREATE INDEX absence_of_person ON absence (person, until);

-- An absence that ended, or was called off, before its time.
CREATE TABLE absence_ended (
    absence  bigint PRIMARY KEY REFERENCES absence,
    ended_by text NOT NULL,
    at       timestamptz NOT NULL
);

-- Who lends roles to whom, from when until when: whoever has left lends none.
CREATE VIEW standing_in WITH (security_invoker = true) AS
    SELECT absence.deputy, absence.person, absent.roles, absence."from", absence.until
    FROM absence JOIN person AS absent ON absent.id = absence.person AND absent.active AND absent.kind = 'person'
    WHERE NOT EXISTS (SELECT FROM absence_ended WHERE absence_ended.absence = absence.id);

CREATE TRIGGER absence_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON absence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER absence_ended_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON absence_ended
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON absence, absence_ended TO casewright_app;
GRANT SELECT ON standing_in TO casewright_app;
