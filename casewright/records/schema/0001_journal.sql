-- The journal, and the read table that is folded from it.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

-- One row per ticket: the head of its chain, and its state as lists and screens read it. Everything is NULL from policy
-- on until the ticket can be folded (its first row may arrive after a later one).
CREATE TABLE ticket (
    id           text PRIMARY KEY,
    position     integer NOT NULL DEFAULT 0,      -- of the chain's head; 0: no row yet
    head         bytea   NOT NULL DEFAULT ''::bytea,
    folded_seq   integer NOT NULL DEFAULT 0,      -- the highest row in state
    unfolded     text,                            -- why the rows can't be folded; NULL: they are
    policy       text,
    rule         text,
    phase        text,
    standing     text,                            -- the state in one word
    ownership    text,
    team         text,
    assignee     text,
    priority     text,
    waits_for    text,
    subject      text,
    customer     text,
    email        text,
    seq          integer,                         -- the highest number used or reserved
    submitted_at timestamptz,
    updated_at   timestamptz,
    resolved_at  timestamptz,
    state        json,                            -- TicketState; json, as jsonb refuses an escaped NUL
    CHECK (state IS NULL OR num_nulls(policy, phase, standing, ownership, priority, waits_for, subject, email, seq,
                                      submitted_at, updated_at) = 0)
);
CREATE INDEX ticket_newest ON ticket (submitted_at DESC, id DESC);
CREATE INDEX ticket_open_of_team ON ticket (team, submitted_at DESC, id DESC) WHERE phase IN ('open', 'resolving');
CREATE INDEX ticket_of_customer ON ticket (customer, submitted_at DESC, id DESC);

-- body is the canonical JSON of the whole row, as text: its hash must never depend on how a database spells a number.
-- The other columns repeat it, for queries; the audit compares them. There is no foreign key to ticket: every writer
-- holds that row's lock already.
CREATE TABLE journal (
    ticket    text NOT NULL,
    seq       integer NOT NULL CHECK (seq >= 1),
    position  integer NOT NULL CHECK (position >= 1),  -- in commit order, which the chain follows
    at        timestamptz NOT NULL,
    actor     text NOT NULL,
    act       text,
    type      text NOT NULL,
    body      text NOT NULL,
    prev_hash bytea NOT NULL,
    hash      bytea NOT NULL,
    PRIMARY KEY (ticket, seq),
    UNIQUE (ticket, position)
);
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Rows that came again and differed: kept, never stored in the journal.
CREATE TABLE journal_conflict (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket  text NOT NULL,
    seq     integer NOT NULL,
    stored  text NOT NULL,
    offered text NOT NULL,
    at      timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT, UPDATE ON ticket TO casewright_app;
GRANT SELECT, INSERT ON journal, journal_conflict TO casewright_app;
