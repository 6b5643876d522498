DROP TABLE masked_reason;
