INSERT INTO reason_index (reason_index, rank) VALUES ('automerge', 8);
