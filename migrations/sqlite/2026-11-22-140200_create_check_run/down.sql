DROP TABLE check_finding;
DROP TABLE check_run;
