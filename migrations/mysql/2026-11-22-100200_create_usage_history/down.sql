DROP TABLE llmusage_history;
