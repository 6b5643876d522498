//! What no page can be faster than: a bare actix handler that reads twenty rows by their best index and writes them as text.

use std::net::TcpListener;
use std::path::Path;

use actix_web::{App, HttpResponse, HttpServer, web};
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::sql_types::{Nullable, Text};

const ROWS: &str = "SELECT id, llmid, userorgid, failed_reason, CAST(amount AS TEXT) AS amount \
    FROM llmusage_accounting_failed WHERE handled = '0' ORDER BY id DESC LIMIT 20";

const INDEX: &str = "CREATE INDEX floor ON llmusage_accounting_failed (handled, id)";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Nullable<Text>)]
    llmid: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    userorgid: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    failed_reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    amount: Option<String>,
}

type Connections = Pool<ConnectionManager<SqliteConnection>>;

async fn list(connections: web::Data<Connections>) -> HttpResponse {
    let read = web::block(move || {
        let mut connection = connections.get().expect("a connection");
        diesel::sql_query(ROWS).load::<Row>(&mut connection).expect("rows")
    });
    let rows = read.await.expect("a thread");
    let lines = rows.iter().map(|row| {
        let cells = [&row.llmid, &row.userorgid, &row.failed_reason, &row.amount];
        let cells = cells.map(|cell| cell.as_deref().unwrap_or_default());
        format!("<tr><td>{}</td><td>{}</td></tr>", row.id, cells.join("</td><td>"))
    });
    HttpResponse::Ok().content_type("text/html").body(lines.collect::<String>())
}

/// Serves a copy of that file from a thread of its own, to the end of the process; returns the address.
pub fn serve(path: &Path) -> String {
    let copy = path.with_extension("floor.db");
    std::fs::copy(path, &copy).expect("a copy");
    let manager = ConnectionManager::<SqliteConnection>::new(copy.to_string_lossy());
    let connections = Pool::builder().max_size(4).build(manager).expect("connections");
    let mut connection = connections.get().expect("a connection");
    diesel::sql_query(INDEX).execute(&mut connection).expect("an index");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let connections = web::Data::new(connections);
    std::thread::spawn(move || {
        let app = move || App::new().app_data(connections.clone()).route("/", web::get().to(list));
        let server = HttpServer::new(app).workers(2).listen(listener).expect("a server").run();
        actix_web::rt::System::new().block_on(server).expect("it serves");
    });
    address
}
