//! Scripts as migrations are written.

use super::*;

#[test]
fn a_script_is_split_where_statements_end() {
    let script = "-- why;\nCREATE TABLE a (x TEXT DEFAULT 'a;b'); -- more\nDO $$ BEGIN x; END $$;\n\
                  CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b VALUES (1); END;\nSELECT 1";
    let found = statements(script);
    let texts: Vec<&str> = found.iter().map(|statement| statement.sql.as_str()).collect();
    assert_eq!(texts.len(), 4, "{texts:#?}");
    assert_eq!(found[0].comment, "-- why;\n");
    assert!(texts[2].ends_with("END"), "{texts:#?}");
}

#[test]
fn what_statements_add_is_known() {
    let part = |sql: &str| clauses(sql).into_iter().map(|clause| clause.part).collect::<Vec<_>>();
    let table = |columns: &[&str]| Part::Table {
        table: "t".to_owned(),
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
    };
    assert_eq!(
        part("CREATE TABLE IF NOT EXISTS t (id INT COMMENT 'a, b', -- c\n x DOUBLE(18,5), PRIMARY KEY (id))"),
        [Some(table(&["id", "x"]))]
    );
    let index =
        |keys: &str| Part::Index { table: "t".to_owned(), name: "i".to_owned(), keys: keys.to_owned() };
    assert_eq!(part("CREATE INDEX IF NOT EXISTS i ON t (a, b)"), [Some(index("(a,b)"))]);
    assert_eq!(
        part("CREATE INDEX i ON public.t USING btree (a, b) WHERE (x IS NULL)"),
        [Some(index("(a,b)where(xisnull)"))]
    );
    let column = Part::Column { table: "t".to_owned(), column: "c".to_owned() };
    assert_eq!(
        part("ALTER TABLE t ADD COLUMN c DOUBLE(18,5) NULL, ADD INDEX i (a, b), DROP COLUMN d"),
        [Some(column), Some(index("(a,b)")), None]
    );
    assert_eq!(
        part("CREATE TRIGGER a_b BEFORE INSERT ON t FOR EACH ROW SET NEW.x = 1"),
        [Some(Part::Trigger { table: "t".to_owned(), name: "a_b".to_owned() })]
    );
    assert_eq!(part("SET @x = (SELECT 1)"), [None]);
}
