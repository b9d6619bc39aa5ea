DROP FUNCTION record_slot_holds_changes() CASCADE;
DROP TABLE slot_holds;
