//! What the demo's platform knows of its models beside their names: until when they are good, and how they are priced.

use chrono::{Days, NaiveDateTime};
use diesel::RunQueryDsl;

use super::Named;
use crate::db::dialect::{self, Statement};
use crate::db::{self, DbConnection};
use crate::error::Result;

/// The model that has expired, the one that has no pricing program yet, and the one that would be charged twice.
const EXPIRED: usize = 10;
const UNPRICED: usize = 9;
const TWICE: usize = 8;

/// Creates the table of pricing programs, where it is absent; in a transaction of its own, as the other tables.
pub(super) fn create_tables(connection: &mut DbConnection) -> Result<()> {
    if dialect::table_exists(connection, "llm_api_map")? {
        return Ok(());
    }
    let options = dialect::table_options(connection.engine());
    let create = format!(
        "CREATE TABLE llm_api_map (id VARCHAR(32) NOT NULL PRIMARY KEY, llmid VARCHAR(32), ppid VARCHAR(32), \
         isdefaultcatelog VARCHAR(1)){options}"
    );
    diesel::sql_query(create).execute(connection)?;
    Ok(())
}

/// Says of each model how it is priced, and of one that it has expired. A database that has such tables of its own keeps
/// what they say.
pub(super) fn fill(connection: &mut DbConnection, models: &[Named], now: NaiveDateTime) -> Result<()> {
    let engine = connection.engine();
    let expired = now.date().checked_sub_days(Days::new(12));
    if let (Some(model), Some(expired)) = (models.get(EXPIRED), expired) {
        let update = Statement::new(engine, "UPDATE llm SET expired_date = ").date(expired);
        let update = update.sql(" WHERE id = ").text(&*model.id);
        // Where the table is not ours it may know no such day.
        let _ = db::attempt(connection, |connection| Ok(update.execute(connection)?));
    }
    for (number, model) in models.iter().enumerate() {
        let ppid = (number != UNPRICED).then(|| format!("pp-{}", number % 5 + 1));
        for map in 0..=usize::from(number == TWICE) {
            let insert = Statement::new(
                engine,
                "INSERT INTO llm_api_map (id, llmid, ppid, isdefaultcatelog) VALUES (",
            );
            let id = format!("map-{number}-{map}");
            let insert = insert.text(&*id).sql(", ").text(&*model.id).sql(", ").text(ppid.as_deref());
            let insert = insert.sql(", '1')");
            let _ = db::attempt(connection, |connection| Ok(insert.execute(connection)?));
        }
    }
    Ok(())
}
