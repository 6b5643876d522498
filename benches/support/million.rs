//! A platform's SQLite file of any size: failures with their usages, and as many usages in the history.
//!
//! A year of days, 40 models, 2,000 organisations and 20,000 users, a few of each with most of the rows; reasons of
//! twelve causes, most with ids and numbers of their own. The newest two weeks are open for the most part.

#![expect(clippy::disallowed_methods, reason = "the platform writes beside the pools of the app")]

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

/// The tables as the platform makes them.
const TABLES: [&str; 3] = [
    include_str!("../../migrations/sqlite/2026-11-22-100000_create_failed_accounting/up.sql"),
    include_str!("../../migrations/sqlite/2026-11-22-100100_create_usage/up.sql"),
    include_str!("../../migrations/sqlite/2026-11-22-100200_create_usage_history/up.sql"),
];

/// What each row is made of: numbers that step through all remainders, so that neighbours differ in everything.
const ROWS: &str = "WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < :rows), \
    mixed AS (SELECT n, n * 7919 % 1000003 AS a, n * 104729 % 999983 AS b, n * 611953 % 999979 AS c, \
        n * 365 / :rows AS day FROM n), \
    drawn AS (SELECT n, a, b, c, day, a / 1000003.0 AS x, b / 999983.0 AS y, c / 999979.0 AS z FROM mixed), \
    rows AS (SELECT n, a, b, c, day, \
        printf('F%08x%08x%04x', a * 4099 % 4294967291, n, c % 65536) AS id, printf('U%08x%08x', b, n) AS usage, \
        'model-' || CAST(40 * x * x AS INTEGER) AS model, \
        'organisation-' || CAST(2000 * y * y * y AS INTEGER) AS organisation, \
        'user-' || CAST(20000 * y * y * y AS INTEGER) AS user, \
        date('2025-06-01', day || ' days') AS date, \
        printf(' %02d:%02d:%02d', c % 24, a % 60, b % 60) AS time, \
        round(0.00001 + 50 * z * z * z, 5) AS amount, round(0.000006 + 30 * z * z * z, 5) AS cost, \
        CASE WHEN day > 350 THEN b % 10 > 0 ELSE b % 10 = 0 END AS is_open FROM drawn) ";

const FAILURES: &str = "INSERT INTO llmusage_accounting_failed SELECT id, usage, model, user, organisation, date, date || time, \
    amount, cost, CASE a % 12 \
        WHEN 0 THEN 'usages is None' \
        WHEN 1 THEN 'llm_charging failed: ppid=''' || id || ''', usages={''prompt_tokens'': ' || a || '}' \
        WHEN 2 THEN 'llm not found(' || model || ')' \
        WHEN 3 THEN 'llm (' || model || ') donot has a pricing_program' \
        WHEN 4 THEN 'accounting failed' \
        WHEN 5 THEN '(1213, \"Deadlock found when trying to get lock; try restarting transaction\")' \
        WHEN 6 THEN '(2013, \"Lost connection to MySQL server during query\")' \
        WHEN 7 THEN 'account balance insufficient: userorgid=''' || organisation || ''', balance=' || c || ', need=' || b \
        WHEN 8 THEN '账户余额不足：机构「' || organisation || '」余额 ' || c || ' 元，请充值' \
        WHEN 9 THEN 'HTTP 503, {\"error\": {\"message\": \"upstream timeout\", \"request_id\": \"req-' || usage || '\"}}' \
        WHEN 10 THEN 'KeyError: ''ppid=' || usage || '''' \
        ELSE 'unsupported operand type(s) for *: ''NoneType'' and ''float''' END, \
    date || time, a % 3, CASE WHEN is_open THEN '0' ELSE '1' END, \
    CASE WHEN is_open THEN NULL ELSE date(date, (c % 9) || ' days') || time END, \
    CASE WHEN is_open OR a % 3 THEN NULL ELSE 'ticket #' || b END FROM rows ORDER BY n;";

const USAGES: &str = "INSERT INTO llmusage SELECT usage, model, date, date || time, user, '{\"total_tokens\": ' || a || '}', \
    NULL, NULL, 0.5, 2.25, 'SUCCEEDED', 'T' || usage, amount, cost, organisation, 'owner-' || (c % 12), \
    CASE WHEN is_open THEN 'failed' ELSE 'accounted' END FROM rows ORDER BY n;";

const HISTORY: &str = "INSERT INTO llmusage_history (id, llmid, use_date, use_time, userid, usages, status, taskid, amount, \
    cost, userorgid, accounting_status, backup_time) SELECT 'H' || usage, model, date(date, '-400 days'), \
    date(date, '-400 days') || time, user, '{\"total_tokens\": ' || a || '}', 'SUCCEEDED', 'TH' || usage, amount, cost, \
    organisation, 'accounted', date(date, '-30 days') || ' 02:30:00' FROM rows ORDER BY n;";

/// Makes the file.
pub fn make(path: &Path, rows: usize) {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).expect("a file");
    for tables in TABLES {
        connection.batch_execute(tables).expect("the platform's tables");
    }
    let drawn = ROWS.replace(":rows", &rows.to_string());
    let filled = [FAILURES, USAGES, HISTORY].map(|insert| {
        let (head, rest) = insert.split_once(" SELECT ").expect("a SELECT");
        format!("{head} {drawn} SELECT {rest}")
    });
    connection.batch_execute(&format!("BEGIN; {} COMMIT;", filled.join(" "))).expect("rows");
}
