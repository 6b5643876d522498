//! Log lines of other systems: what varies goes, what was said stays.

use llmage_admin::causes::template::template;

#[test]
fn foreign_lines_keep_their_sense() {
    for (line, expected) in [
        (
            "2026-05-01 12:00:00,123 ERROR [http-nio-8080-exec-5] c.e.PayService - Payment 4711 failed: timeout after 3000 ms",
            "failed: timeout after …",
        ),
        (
            "Nov 22 17:01:02 web01 sshd[1234]: Failed password for invalid user admin from 10.0.0.9 port 4242 ssh2",
            "Failed password for invalid user",
        ),
        (
            "panic: runtime error: index out of range [5] with length 3",
            "panic: runtime error: index out of range […] with length …",
        ),
        (
            "java.lang.NullPointerException: Cannot invoke \"String.length()\" because \"<local1>\" is null",
            "java.lang.NullPointerException: Cannot invoke",
        ),
        (
            "ORA-00001: unique constraint (SAGE.PK_ORDER) violated",
            "ORA-00001: unique constraint (SAGE.PK_ORDER) violated",
        ),
        (
            "E11000 duplicate key error collection: sage.orders index: _id_",
            "E11000 duplicate key error collection",
        ),
        (
            "ERROR:  duplicate key value violates unique constraint \"llmusage_pkey\"",
            "unique constraint 'llmusage_pkey'",
        ),
        ("dial tcp 10.0.0.5:5432: connect: connection refused", "dial tcp …: connect: connection refused"),
        (
            "upstream timed out (110: Connection timed out) while reading response header from upstream, client: 10.1.1.1",
            "Connection timed out) while reading response header",
        ),
        (
            "org.postgresql.util.PSQLException: FATAL: sorry, too many clients already",
            "FATAL: sorry, too many clients already",
        ),
    ] {
        let masked = template(line);
        assert!(masked.contains(expected), "{line}\n{masked}");
    }
}

#[test]
fn foreign_lines_that_differ_in_values_are_one() {
    for (one, other) in [
        (
            "dial tcp 10.0.0.5:5432: connect: connection refused",
            "dial tcp 192.168.7.20:3306: connect: connection refused",
        ),
        (
            "Received block blk_-1608999687919862906 of size 91178 from /10.250.10.6",
            "Received block blk_7503483334202473044 of size 233217 from /10.251.215.16",
        ),
        (
            "Failed password for root from 10.0.0.9 port 4242 ssh2",
            "Failed password for root from 10.9.9.9 port 999 ssh2",
        ),
        ("GET /v1/models?limit=5 took 31ms", "GET /v1/chat/completions took 2.5s"),
        (
            "session 7f1e6a80-1111-4c2b-9a6e-5d2f3b4c5d6e closed after 12 requests",
            "session 00000000-1111-4c2b-9a6e-5d2f3b4c5d6e closed after 1 request",
        ),
    ] {
        assert_eq!(template(one), template(other));
    }
}
