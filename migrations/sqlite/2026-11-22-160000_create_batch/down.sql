DROP TABLE batch_outcome;
DROP TABLE batch_item;
DROP TABLE batch;
