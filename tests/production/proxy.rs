//! A network between server and database that can be slow: what goes through it waits.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Listens on a port of its own and passes on what it hears, each piece after a delay. Ends with the test's process.
pub struct Proxy {
    port: u16,
    delay: Arc<AtomicU64>,
}

impl Proxy {
    /// A proxy for the server at `HOST:PORT`.
    pub fn to(server: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let delay = Arc::new(AtomicU64::new(0));
        let (known, server) = (Arc::clone(&delay), server.to_owned());
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(&server) else { continue };
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (from, to) = (from.try_clone().expect("a handle"), to.try_clone().expect("a handle"));
                    let delay = Arc::clone(&known);
                    std::thread::spawn(move || pass_on(from, to, &delay));
                }
            }
        });
        Proxy { port, delay }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on each piece waits so many milliseconds.
    pub fn slow_down(&self, milliseconds: u64) {
        self.delay.store(milliseconds, Ordering::SeqCst);
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, delay: &AtomicU64) {
    let mut piece = [0; 16 * 1024];
    while let Ok(length) = from.read(&mut piece) {
        std::thread::sleep(Duration::from_millis(delay.load(Ordering::SeqCst)));
        if length == 0 || to.write_all(&piece[..length]).is_err() {
            break;
        }
    }
    // The other side may be gone already.
    let _ = to.shutdown(std::net::Shutdown::Both);
}
