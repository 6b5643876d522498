-- In a storm of failures each transaction makes a piece of the text index of reasons. From so many pieces of one size on
-- they are merged; at first it was 4, and most of the work was merging.
INSERT INTO reason_index (reason_index, rank) VALUES ('automerge', 8);
