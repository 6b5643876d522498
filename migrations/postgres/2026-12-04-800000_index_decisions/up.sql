-- /decisions and /failed-accounting?handled_from=: what was decided in some days, by whom and as what, with its money.
CREATE INDEX idx_laf_decided ON llmusage_accounting_failed (handled_time, id, handled, resolution, handled_by, amount, cost) WHERE handled = '1';
