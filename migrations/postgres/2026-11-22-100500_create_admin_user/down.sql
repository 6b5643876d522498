DROP TABLE app_setting;
DROP TABLE admin_user;
