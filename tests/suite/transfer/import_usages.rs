//! Importing usages: unique task numbers, the history, and values as the platform has them.

use llmage_admin::base::money::Money;
use llmage_admin::db::{Database, Engine};
use llmage_admin::usages::store::find_anywhere;
use llmage_admin::usages::usage::{Usage, Whereabouts};

use crate::support::database::{TestDatabase, engine};
use crate::support::rows::run;
use crate::transfer::files::import_usages;

fn find(database: &Database, id: &str) -> Option<(Usage, Whereabouts)> {
    database.run_here(|connection| find_anywhere(connection, id)).unwrap()
}

#[test]
fn a_usage_comes_in_with_all_its_columns() {
    let database = TestDatabase::new();
    let text = "id,llmid,use_date,use_time,userid,usages,ioinfo,transno,responsed_seconds,finish_seconds,status,\
                taskid,amount,cost,userorgid,ownerid,accounting_status\r\n\
                u1,m1,2026-05-20,2026-05-20 09:15:02,p1,\"{\"\"a\"\": 1}\",null,t1,0.25,1.5,SUCCEEDED,\
                task-1,0.00036,-0.00001,o1,o2,failed\r\n";
    let imported = import_usages(&database, text).unwrap();
    assert_eq!((imported.rows, imported.amount.units(), imported.cost.units()), (1, 36, -1));
    let text = |text: &str| Some(text.to_owned());
    let time = chrono::NaiveDate::from_ymd_opt(2026, 5, 20).unwrap().and_hms_opt(9, 15, 2).unwrap();
    let usage = Usage {
        id: "u1".to_owned(),
        llmid: text("m1"),
        use_date: Some(time.date()),
        use_time: Some(time),
        userid: text("p1"),
        usages: text("{\"a\": 1}"),
        ioinfo: text("null"),
        transno: text("t1"),
        responsed_seconds: Some(0.25),
        finish_seconds: Some(1.5),
        status: text("SUCCEEDED"),
        taskid: text("task-1"),
        amount: Some(Money::from_units(36)),
        cost: Some(Money::from_units(-1)),
        userorgid: text("o1"),
        ownerid: text("o2"),
        accounting_status: text("failed"),
    };
    assert_eq!(find(&database, "u1"), Some((usage, Whereabouts::Live)));
}

#[test]
fn empty_task_numbers_are_null_and_do_not_collide() {
    let database = TestDatabase::new();
    import_usages(&database, "id,taskid\na,\nb,\"\"\n").unwrap();
    assert_eq!(find(&database, "b").unwrap().0.taskid, None);
}

#[test]
fn what_is_there_twice_is_named() {
    let database = TestDatabase::new();
    import_usages(&database, "id,taskid\nold,task-0\n").unwrap();
    let refused = |text: &str| {
        let error = import_usages(&database, text).unwrap_err().to_string();
        assert!(find(&database, "a").is_none(), "{error}");
        error
    };
    assert_eq!(
        refused("id,taskid\na,task-1\nb,task-2\nc,task-1\n"),
        "line 4, column taskid: \"task-1\" is in line 2 too"
    );
    assert_eq!(
        refused("id,taskid\na,task-0\n"),
        "line 2, column taskid: \"task-0\" is in the database already"
    );
    assert_eq!(refused("taskid,id\n,a\n,old\n"), "line 3, column id: \"old\" is in the database already");
    assert_eq!(refused("id\na\nb\nb\n"), "line 4, column id: \"b\" is in line 3 too");
    assert_eq!(
        refused("id,finish_seconds\na,inf\n"),
        "line 2, column finish_seconds: not a number of seconds such as 1.250 (found \"inf\")"
    );
}

#[test]
fn a_usage_in_the_history_does_not_come_back_to_life() {
    let database = TestDatabase::new();
    run(
        &database,
        "INSERT INTO llmusage_history (id, amount, backup_time) VALUES ('u1', 1.5, '2026-05-21 02:30:00')",
    );
    let error = import_usages(&database, "id\na\nu1\n").unwrap_err().to_string();
    assert_eq!(error, "line 3, column id: \"u1\" is in the history already");
    assert!(find(&database, "a").is_none());
    let (usage, whereabouts) = find(&database, "u1").unwrap();
    assert_eq!(usage.amount, Some(Money::from_units(150_000)));
    let Whereabouts::Archived { backup_time: Some(time) } = whereabouts else { panic!("{whereabouts:?}") };
    assert_eq!(time.to_string(), "2026-05-21 02:30:00");
}

/// A failure of a usage that is not there, closed like that.
fn closed(database: &Database, usage: &str, resolution: &str) {
    let id = format!("{resolution}-{usage}");
    run(
        database,
        &format!(
            "INSERT INTO llmusage_accounting_failed (id, llmusageid, amount, handled, resolution) \
             VALUES ('{id}', '{usage}', 2, '1', '{resolution}')"
        ),
    );
}

#[test]
fn a_usage_whose_money_was_moved_by_hand_is_not_brought_in_to_be_charged() {
    let database = TestDatabase::new();
    closed(&database, "u1", "charged_manually");
    closed(&database, "u2", "customer_credited");
    closed(&database, "u3", "written_off");
    let import = |usage: &str, status: &str, state: &str| {
        let text =
            format!("id,status,accounting_status\nbefore,SUCCEEDED,created\n{usage},{status},{state}\n");
        import_usages(&database, text)
    };
    for (usage, state) in [("u1", "created"), ("u1", "accounted"), ("u2", "created")] {
        assert_eq!(
            import(usage, "SUCCEEDED", state).unwrap_err(),
            format!(
                "line 3, column accounting_status: a failure of the usage \"{usage}\" is closed with money moved by \
                 hand: the platform must not charge it, too"
            )
        );
        assert!(find(&database, "before").is_none() && find(&database, usage).is_none());
    }
    for (usage, status, state) in [
        ("u1", "SUCCEEDED", "failed"),
        ("u2", "SUCCEEDED", "accounted"),
        ("u3", "SUCCEEDED", "created"),
        ("u3", "SUCCEEDED", "accounted"),
        ("u1", "UNKNOWN", "created"),
    ] {
        import(usage, status, state).unwrap_or_else(|error| panic!("{usage} {status} {state}: {error}"));
        run(&database, "DELETE FROM llmusage");
    }
}

#[test]
fn a_charge_that_is_there_twice_already_stands_in_nobodys_way() {
    let database = TestDatabase::new();
    closed(&database, "u1", "charged_manually");
    run(&database, "INSERT INTO llmusage (id, accounting_status) VALUES ('u1', 'accounted')");
    assert_eq!(import_usages(&database, "id,accounting_status\nu2,accounted\n").unwrap().rows, 1);
}

/// Columns of two decimals round in silence.
#[test]
fn money_that_a_column_would_round_is_named_with_its_line_and_nothing_comes_in() {
    let alter = match engine() {
        Engine::Sqlite => return,
        Engine::Mysql => "ALTER TABLE llmusage MODIFY amount DOUBLE(18,2), MODIFY cost DOUBLE(18,2)",
        Engine::Postgres => {
            "ALTER TABLE llmusage ALTER amount TYPE NUMERIC(18,2), ALTER cost TYPE NUMERIC(18,2)"
        }
    };
    let database = TestDatabase::new();
    run(&database, alter);
    for (wrong, column) in [(9, "amount"), (779, "cost")] {
        let money = |line: u32| match column {
            _ if line != wrong => "1.25,1.5",
            "amount" => "0.00036,1.5",
            _ => "1.25,0.00036",
        };
        let rows = (2..=901).map(|line| format!("u{line},{}\n", money(line)));
        let text = format!("id,amount,cost\n{}", rows.collect::<String>());
        let error = import_usages(&database, text).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "line {wrong}, column {column}: The database's column would keep 0.00000 of it: use fewer decimals"
            )
        );
        assert!(find(&database, "u2").is_none());
    }
    let rows: String = (2..=901).map(|line| format!("u{line},1.25,\n")).collect();
    assert_eq!(import_usages(&database, format!("id,amount,cost\n{rows}")).unwrap().rows, 900);
}
