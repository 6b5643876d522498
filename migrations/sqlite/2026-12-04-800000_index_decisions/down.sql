DROP INDEX idx_laf_decided;
