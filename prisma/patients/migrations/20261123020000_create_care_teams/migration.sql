-- Who treats a patient. The users are another service's, which is asked before a member is added.
CREATE TABLE care_team_members (
    patient_id INTEGER NOT NULL REFERENCES patients(id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL CHECK (user_id > 0),
    added_by INTEGER NOT NULL,
    added_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (patient_id, user_id)
);
