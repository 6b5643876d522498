ALTER TABLE admin_user DROP COLUMN default_view;
DROP TABLE saved_view;
