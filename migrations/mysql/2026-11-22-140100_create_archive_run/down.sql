DROP TABLE archive_left;
DROP TABLE archive_run;
