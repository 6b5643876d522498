-- Reasons that hold a secret, as they are shown: a search for words of the reason finds only in what is shown. Written
-- with the cause of the row. (SQLite masks while it searches and has nothing here.)
CREATE TABLE masked_reason (
    failed_id VARCHAR(255) NOT NULL PRIMARY KEY,
    shown LONGTEXT NOT NULL
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
