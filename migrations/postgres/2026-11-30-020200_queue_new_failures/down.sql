DROP TABLE failure_arrival;
