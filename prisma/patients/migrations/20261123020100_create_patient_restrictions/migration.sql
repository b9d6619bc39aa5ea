-- Since when only the care team has known of a patient, at whose word and why. A restriction that was lifted stays
-- as a record of it. The clock, not the beginning of the transaction: one that has waited for another must not lift
-- what was restricted after its own beginning.
CREATE TABLE patient_restrictions (
    patient_id INTEGER NOT NULL REFERENCES patients(id) ON DELETE CASCADE,
    reason TEXT NOT NULL CHECK (btrim(reason) <> ''),
    restricted_by INTEGER NOT NULL,
    restricted_at TIMESTAMP NOT NULL DEFAULT clock_timestamp(),
    lifted_by INTEGER,
    lifted_at TIMESTAMP,
    PRIMARY KEY (patient_id, restricted_at),
    CONSTRAINT patient_restrictions_lifted_whole CHECK ((lifted_by IS NULL) = (lifted_at IS NULL)),
    CONSTRAINT patient_restrictions_lifted_later CHECK (lifted_at >= restricted_at)
);

-- A patient is restricted once at a time; whether one is restricted is looked up in this index for each row of a list.
CREATE UNIQUE INDEX idx_patient_restrictions_in_force ON patient_restrictions(patient_id) WHERE lifted_at IS NULL;
