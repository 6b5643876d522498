DROP TABLE ended_session;
DROP TABLE sign_in_attempt;
