DELETE FROM app_setting WHERE name = 'least_version';
DROP TABLE app_instance;
