-- Reservations, made before the gateway is called, and the ledger of what it did.

CREATE TABLE reservation (
    step_key  text PRIMARY KEY,
    ticket    text NOT NULL,
    customer  text NOT NULL,
    kind      text NOT NULL,
    amount    numeric NOT NULL CHECK (amount > 0),
    currency  text NOT NULL,
    automatic boolean NOT NULL,                       -- nobody approved it
    state     text NOT NULL DEFAULT 'reserved' CHECK (state IN ('reserved', 'settled', 'released')),
    at        timestamptz NOT NULL
);
CREATE INDEX reservation_of_customer ON reservation (customer, at) WHERE automatic AND state <> 'released';

CREATE TABLE reservation_scope (
    step_key text NOT NULL REFERENCES reservation,
    scope    text NOT NULL,
    PRIMARY KEY (scope, step_key)
);

CREATE TABLE ledger_entry (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    step_key          text NOT NULL UNIQUE,
    ticket            text NOT NULL,
    customer          text NOT NULL,
    policy            text NOT NULL,
    policy_version    integer NOT NULL,
    rule              text,
    actor             text NOT NULL,
    approved_by       text,
    gateway_reference text NOT NULL UNIQUE,
    kind              text NOT NULL,
    at                timestamptz NOT NULL
);
CREATE INDEX ledger_entry_of_ticket ON ledger_entry (ticket);
CREATE INDEX ledger_entry_by_time ON ledger_entry (at);

CREATE TABLE ledger_line (
    entry    bigint NOT NULL REFERENCES ledger_entry,
    account  text NOT NULL CHECK (account IN ('refunds', 'goodwill', 'gateway', 'customer-credit')),
    amount   numeric NOT NULL CHECK (amount <> 0),
    currency text NOT NULL,
    PRIMARY KEY (entry, account, currency)
);

-- Asked at commit, for the entry and for each of its lines: so a line that is added later must balance too.
CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry_id bigint;
BEGIN
    IF TG_TABLE_NAME = 'ledger_entry' THEN
        entry_id := NEW.id;
    ELSE
        entry_id := NEW.entry;
    END IF;
    IF NOT EXISTS (SELECT FROM ledger_line WHERE entry = entry_id) THEN
        RAISE EXCEPTION 'ledger entry % has no lines', entry_id USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM ledger_line WHERE entry = entry_id GROUP BY currency HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'ledger entry % does not balance', entry_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced();
CREATE CONSTRAINT TRIGGER ledger_line_balances AFTER INSERT ON ledger_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON reservation, reservation_scope, ledger_entry, ledger_line TO casewright_app;
-- What was reserved never changes; what became of it does.
GRANT UPDATE (state) ON reservation TO casewright_app;
