-- Longer ids would not fit any more, and the version before reads wider columns as well.
SELECT 1;
