-- A seal continues the chain or is refused: the service's role may add seals, and one far ahead of the others, or for an
-- entry that is yet to come, would end sealing for good. What stood there before is for the verification to judge: the
-- checks begin with the next seal.
ALTER TABLE audit_seals
    -- As far as a service counts without a gap: 2^53 - 1.
    ADD CONSTRAINT audit_seals_sequence_countable CHECK (sequence <= 9007199254740991) NOT VALID,
    ADD CONSTRAINT audit_seals_digest_whole CHECK (octet_length(digest) = 32) NOT VALID,
    ADD CONSTRAINT audit_seals_chain_whole CHECK (octet_length(chain) = 32) NOT VALID;

-- Everything is named with its schema, as in the functions that write entries.
DO $migration$
BEGIN
    EXECUTE replace($function$
        CREATE FUNCTION <schema>.check_audit_seals()
        RETURNS TRIGGER AS $body$
        DECLARE
            first BIGINT;
            last BIGINT;
            added BIGINT;
        BEGIN
            SELECT min(sequence), max(sequence), count(*) INTO first, last, added FROM latter;
            IF added = 0 THEN
                RETURN NULL;
            END IF;
            IF last - first + 1 <> added
                OR first - 1 <> COALESCE((
                    SELECT sequence FROM <schema>.audit_seals WHERE sequence < first ORDER BY sequence DESC LIMIT 1), 0)
                OR last <> (SELECT sequence FROM <schema>.audit_seals ORDER BY sequence DESC LIMIT 1)
            THEN
                RAISE EXCEPTION 'The seals % to % do not continue the sequence.', first, last
                    USING ERRCODE = 'check_violation';
            END IF;
            IF EXISTS (
                SELECT FROM latter
                WHERE NOT EXISTS (SELECT FROM <schema>.audit_entries AS entry WHERE entry.id = latter.entry_id))
            THEN
                RAISE EXCEPTION 'A seal of % to % names an entry that is not there.', first, last
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END;
        $body$ LANGUAGE plpgsql SET search_path TO pg_catalog, pg_temp
    $function$, '<schema>', quote_ident(current_schema()));
END;
$migration$;

CREATE TRIGGER audit_seals_continue
    AFTER INSERT ON audit_seals REFERENCING NEW TABLE AS latter
    FOR EACH STATEMENT EXECUTE FUNCTION check_audit_seals();
ALTER TABLE audit_seals ENABLE ALWAYS TRIGGER audit_seals_continue;
