DROP TABLE llmusage;
