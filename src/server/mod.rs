//! The running server: log, listening socket, workers, and a shutdown that finishes what is under way.

pub mod jobs;
pub mod log;
pub mod played_prices;
pub mod retry_jobs;

use std::any::Any;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::Extensions;
use actix_web::middleware::from_fn;
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use crate::app::Application;
use crate::base::clock::Clock;
use crate::config::Config;
use crate::db::Database;
use crate::error::{Error, Result};
use crate::jobs::{Job, Running};
use crate::web::load::{self, Load};

/// How long a stopping server waits for requests under way.
const DRAIN_SECONDS: u64 = 30;

/// How long a client may take to send its headers.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection may stand idle: a client that comes again just then would be cut off.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// How long a client may take nothing of what is sent to it.
const SEND_TIMEOUT: Duration = Duration::from_secs(60);

/// The most connections that wait to be accepted.
const BACKLOG: i32 = 1024;

/// Takes the port, before anything else is begun that a port in use would make vain. Whoever calls already waits.
///
/// # Errors
/// [`Error::Unavailable`] with one line that names the setting.
pub fn bind(listen: SocketAddr) -> Result<TcpListener> {
    let bound = || -> std::io::Result<TcpListener> {
        let socket = Socket::new(Domain::for_address(listen), Type::STREAM, Some(Protocol::TCP))?;
        // A server that was just stopped leaves connections behind that would keep the port.
        socket.set_reuse_address(true)?;
        socket.bind(&listen.into())?;
        socket.listen(BACKLOG)?;
        Ok(socket.into())
    };
    bound().map_err(|error| {
        let remedy = "choose an address of this machine and a free port, such as 127.0.0.1:8080";
        Error::Unavailable(format!("--listen {listen}: {error}; {remedy}"))
    })
}

/// Has the system end a connection whose client reads nothing for [`SEND_TIMEOUT`].
fn cut_who_takes_nothing(connection: &dyn Any, _: &mut Extensions) {
    #[cfg(target_os = "linux")]
    if let Some(stream) = connection.downcast_ref::<actix_web::rt::net::TcpStream>() {
        // Without it, such a connection only lasts longer.
        let _ = SockRef::from(stream).set_tcp_user_timeout(Some(SEND_TIMEOUT));
    }
}

/// What is served, and what works beside it.
#[expect(missing_debug_implementations, reason = "an application has none")]
pub struct Serving {
    /// The port, bound.
    pub listener: TcpListener,
    pub application: Application,
    pub jobs: Vec<Job>,
    pub database: Database,
    pub clock: Clock,
}

/// Serves until the process is told to stop; then requests and jobs under way are finished. `announce` is told the
/// address that people type once it serves.
pub fn serve(config: &Config, serving: Serving, announce: impl FnOnce(&str)) -> Result<()> {
    let listen = config.listen;
    let origin = config.origin();
    let Serving { listener, application, jobs, database, clock } = serving;
    actix_web::rt::System::new().block_on(async move {
        // One count for all workers.
        let load = Load::default();
        let app = move || {
            let load = load.clone();
            application.build().wrap(from_fn(move |request, next| load::bounded(load.clone(), request, next)))
        };
        let server = HttpServer::new(app)
            .keep_alive(KEEP_ALIVE)
            // Else an answer in two writes waits 40 ms for the client's word that the first arrived.
            .tcp_nodelay(true)
            .on_connect(cut_who_takes_nothing)
            .client_request_timeout(HEADER_TIMEOUT)
            .shutdown_timeout(DRAIN_SECONDS)
            .listen(listener)
            .map_err(Error::internal)?;
        let address = server.addrs().first().copied().unwrap_or(listen);
        let shown = if listen.port() == 0 { format!("http://{address}") } else { origin };
        tracing::info!(%address, public_url = shown, database = database.name(), zone = %clock.zone(), "listening");
        println!("listening on http://{address}");
        announce(&shown);
        let jobs = Running::start(jobs, &database, &clock);
        let served = server.run().await;
        jobs.stop().await;
        served.map_err(Error::internal)
    })
}
