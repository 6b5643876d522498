DROP TABLE new_failure;
