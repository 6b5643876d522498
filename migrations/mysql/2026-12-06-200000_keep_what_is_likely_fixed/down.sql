DROP TABLE likely_fixed;
