//! The business zone on a MariaDB as it is installed, without tables of time zones, and with them.

use std::process::Command;

use llmage_admin::db::Engine;

use crate::desk::{Desk, command, said};
use crate::script::client;
use crate::servers::Server;
use crate::support::database::engine;

const BERLIN: [&str; 2] = ["--timezone", "Europe/Berlin"];

fn with_zone<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &BERLIN[..]].concat()
}

fn sql(server: &Server, statements: &str) {
    let ran = client(&server.url(), "mariadb").args(["-e", statements]).output().expect("the client runs");
    assert!(ran.status.success(), "{statements}: {}", said(&ran));
}

#[test]
fn a_zone_with_summer_time_needs_tables_of_time_zones_and_shows_the_digits_of_its_clock() {
    if engine() != Engine::Mysql {
        return;
    }
    let server = Server::start(engine());
    for arguments in [&["migrate"][..], &["serve"], &["check"], &["migrate", "--status"]] {
        let refused = command(&server.url(), &with_zone(arguments));
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}: {}", said(&refused));
        for part in ["--timezone", "Europe/Berlin", "mariadb-tzinfo-to-sql /usr/share/zoneinfo | mariadb"] {
            assert!(said(&refused).contains(part), "no \"{part}\" in {}", said(&refused));
        }
    }
    for steady in ["Asia/Shanghai", "UTC"] {
        let migrated = command(&server.url(), &["migrate", "--timezone", steady]);
        assert!(migrated.status.success(), "{steady}: {}", said(&migrated));
    }
    let address = server.url();
    let port = address.rsplit_once(':').and_then(|(_, rest)| rest.split('/').next()).expect("a port");
    let load = format!(
        "mariadb-tzinfo-to-sql /usr/share/zoneinfo 2>/dev/null | \
         mariadb --no-defaults -h 127.0.0.1 -P {port} -u root mysql"
    );
    assert!(Command::new("sh").args(["-c", &load]).status().expect("a shell").success());
    let migrated = command(&server.url(), &with_zone(&["migrate"]));
    assert!(migrated.status.success(), "{}", said(&migrated));
    sql(
        &server,
        "SET time_zone = 'Europe/Berlin'; INSERT INTO llmusage_accounting_failed (id, use_time, failed_time) VALUES \
         ('summer', '2026-07-01 00:30:00', '2026-07-01 00:30:00'), ('winter', '2026-01-01 00:30:00', '2026-01-01 00:30:00'), \
         ('twice', '2026-10-25 02:30:00', '2026-10-25 02:30:00')",
    );
    let desk = Desk::start(&server.url(), &BERLIN);
    assert_eq!(desk.sign_in().status, 303);
    for (id, time) in [
        ("summer", "2026-07-01 00:30:00"),
        ("winter", "2026-01-01 00:30:00"),
        ("twice", "2026-10-25 02:30:00"),
    ] {
        let page = desk.get(&format!("/failed-accounting/{id}"));
        assert!(page.body.contains(time), "{id}: {}", page.body);
    }
    let record = |id: &str, time: &str| {
        desk.post(
            "/failed-accounting",
            &[("id", id), ("llmusageid", "u1"), ("use_time", time), ("failed_reason", "the clock went on")],
        )
    };
    let refused = record("gap-0000000000000000a", "2026-03-29 02:30:00");
    assert_eq!(refused.status, 422, "{}", refused.body);
    for part in ["use_time-error", "put forward", "2026-03-29", "the clock went on"] {
        assert!(refused.body.contains(part), "no \"{part}\" in {}", refused.body);
    }
    assert_eq!(record("gap-0000000000000000b", "2026-12-31 23:59:60").status, 422);
    // Of an hour that comes twice the first is meant.
    let taken = record("gap-0000000000000000c", "2026-10-25 02:30:00");
    assert_eq!(taken.status, 303, "{}", taken.body);
    sql(
        &server,
        "SELECT IF(UNIX_TIMESTAMP(use_time) = 1792888200, 1, (SELECT 1 UNION SELECT 2)) \
         FROM llmusage_accounting_failed WHERE id = 'gap-0000000000000000c'",
    );
}
