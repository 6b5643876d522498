-- The indexes belong to the migrations before this one.
SELECT 1;
