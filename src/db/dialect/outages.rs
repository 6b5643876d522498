//! Why a database is away, in words for whoever has to bring it back; without hosts, names and passwords.

const CROWDED: &str = "the database has no connection left";

/// Signs that a server, a database or a user has as many connections as it may have.
const CROWD: &[&str] = &[
    "Too many connections",
    "too many clients",
    "too many connections for",
    "connection slots are reserved",
    // Both that it has exceeded them and that it has more than them already.
    "'max_user_connections'",
];

/// Signs in the texts of the three engines, what they mean, and what to do.
const REASONS: [(&[&str], &str, &str); 9] = [
    (
        &["database is locked"],
        "another program is writing to the database",
        "another program has held its write lock for 5 s; nothing was changed; run it again when that program is done",
    ),
    (
        &[
            "Access denied",
            "password authentication failed",
            "no password supplied",
            "does not exist on this server",
            "FATAL:  role",
            "connection URLs must be in the form",
            "percent-encoded token",
        ],
        "the database refuses the user or the password",
        "check user and password in the URL, percent-encoded",
    ),
    (
        &["Unknown database", "does not exist"],
        "the database does not exist",
        "make it first: CREATE DATABASE",
    ),
    (CROWD, CROWDED, "raise its limit, or run fewer instances"),
    (
        &["is full", "No space left", "no space left", "could not extend", "disk I/O error"],
        "the disk is full or broken",
        "free some space",
    ),
    (
        &["readonly database", "--read-only", "read-only"],
        "the database is read-only",
        "give the user, file or server the right to write",
    ),
    (
        &["unable to open database file", "Unable to open"],
        "the database file cannot be opened",
        "its folder must exist and be writable by this user",
    ),
    (
        &["the database system is", "WSREP has not yet prepared"],
        "the database is starting or stopping",
        "wait for it",
    ),
    (
        &[
            "connect",
            "translate host",
            "Unknown server host",
            "Unknown MySQL server host",
            "no answer",
            "timed out",
            "gone away",
            "terminating",
        ],
        "the database cannot be reached",
        "check host and port in the URL, and that the server runs",
    ),
];

fn reason(message: &str) -> Option<&'static (&'static [&'static str], &'static str, &'static str)> {
    REASONS.iter().find(|(signs, ..)| signs.iter().any(|sign| message.contains(sign)))
}

/// Why it is away, by its error's text.
pub fn outage_in_words(message: &str) -> &'static str {
    reason(message).map_or("the database does not answer", |(_, words, _)| words)
}

/// Whether it says that nobody is let in: not one whose password is wrong, who may be in already, or one too many.
pub fn is_away(message: &str) -> bool {
    const AWAY: [&str; 2] = ["the database is starting or stopping", "the database cannot be reached"];
    AWAY.contains(&outage_in_words(message))
}

/// Whether it says that there is no place for one more connection.
pub fn is_crowded(message: &str) -> bool {
    outage_in_words(message) == CROWDED
}

/// What to do about it.
pub fn remedy(message: &str) -> &'static str {
    reason(message).map_or("check the URL", |(.., remedy)| remedy)
}

/// Whether an error's text says that the transaction met another one and may go well when it is repeated: deadlock,
/// serialization, certification of a cluster. Kinds alone do not tell: Diesel knows few of them.
pub fn is_transient(message: &str) -> bool {
    const SIGNS: [&str; 10] = [
        "Deadlock found",
        "deadlock detected",
        "could not serialize access",
        // MariaDB with innodb_snapshot_isolation, error 1020.
        "Record has changed since last read",
        "Table definition has changed",
        // Galera, TiDB, CockroachDB, YugabyteDB.
        "WSREP detected deadlock",
        "Write conflict",
        "[try again later]",
        "restart transaction",
        "Restart read required",
    ];
    SIGNS.iter().any(|sign| message.contains(sign))
}

/// Whether an error's text says that somebody else held a row or table for as long as one waits.
pub fn is_held(message: &str) -> bool {
    ["Lock wait timeout exceeded", "lock timeout"].iter().any(|sign| message.contains(sign))
}

/// Whether an error's text says that the connection to a server is gone: what it was doing is rolled back, unless it was
/// its commit.
pub fn is_lost(message: &str) -> bool {
    const SIGNS: [&str; 11] = [
        "gone away",
        "Lost connection",
        "Server shutdown in progress",
        "Connection was killed",
        "server closed the connection",
        "no connection to the server",
        "terminating connection",
        "has been closed unexpectedly",
        "could not receive data",
        "could not send data",
        "connection not open",
    ];
    SIGNS.iter().any(|sign| message.contains(sign))
}

/// Whether an error's text says that the database is away, full or locked, not that a query is wrong.
pub fn is_outage(message: &str) -> bool {
    const SIGNS: [&str; 26] = [
        "database is locked",
        "database or disk is full",
        "readonly database",
        "disk I/O error",
        "unable to open database file",
        "gone away",
        "Lost connection",
        "Can't connect",
        "Server shutdown in progress",
        "Connection was killed",
        "connection to server",
        "server closed the connection",
        "no connection to the server",
        "terminating connection",
        "could not connect",
        "the database system is",
        "has been closed unexpectedly",
        "could not receive data",
        "could not send data",
        "no space left",
        "No space left",
        "could not extend file",
        "is full",
        "--read-only option",
        "read-only transaction",
        "WSREP has not yet prepared",
    ];
    SIGNS.iter().chain(CROWD).any(|sign| message.contains(sign))
}
