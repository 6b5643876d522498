-- Columns of ours that hold ids of the platform have room for long ones on the other databases; here no text is cut.
SELECT 1;
