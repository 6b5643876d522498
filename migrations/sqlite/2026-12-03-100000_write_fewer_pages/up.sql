-- Whoever closes a failure writes a page for each index that it changes in. Open failures have no resolution: they need not
-- be in its index, from which closing then takes nothing away.
DROP INDEX IF EXISTS idx_laf_resolution_failed_time;
-- /failed-accounting?resolution=: what was written off, in any order, with days, and its money line.
CREATE INDEX idx_laf_resolution_closed ON llmusage_accounting_failed (resolution, failed_time, id, handled, use_date, use_time, amount, cost) WHERE resolution IS NOT NULL;
-- Each event brings its id along, and the trigger on inserts refuses any other. SQLite notes the highest one in
-- sqlite_sequence, too: at the end of all numbers it has nothing to note.
INSERT INTO sqlite_sequence (name, seq) SELECT 'audit_event', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'audit_event');
UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE name = 'audit_event';
