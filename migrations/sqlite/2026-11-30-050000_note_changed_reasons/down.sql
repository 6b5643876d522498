DROP TABLE reason_search;
DROP TABLE reason_search_row;
DROP TRIGGER reason_changed;
DROP TRIGGER reason_told;
DROP TABLE reason_change;
