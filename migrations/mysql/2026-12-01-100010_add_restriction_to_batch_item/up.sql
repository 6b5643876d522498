-- Which rows of a batch of decisions can be closed in some ways only: the key of the refusal of the others.
ALTER TABLE batch_item ADD COLUMN restriction VARCHAR(40) NULL;
