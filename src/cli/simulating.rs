//! `simulate`, and what of it `serve --simulate` does: the platform's accounting, and its prices on this machine.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use clap::Args;
use secrecy::SecretString;

use super::desk::Desk;
use super::say;
use crate::app;
use crate::base::clock::Clock;
use crate::config::{Config, TestSettings};
use crate::demo::simulator::Simulator;
use crate::error::{Error, Result};
use crate::server::played_prices::{self, Prices};

#[derive(Debug, Args)]
pub(super) struct SimulateCommand {
    /// Stop after so many seconds.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
    /// Seconds between two rounds.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    every: u32,
    /// Of 100 usages so many fail.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=100))]
    failing: u32,
}

/// Rounds of the simulator until its time is over; each says what it did. Prices are told where `--price-url` leads to a port of
/// this machine.
pub(super) fn simulate(config: &Config, command: &SimulateCommand) -> Result<()> {
    app::test_sources(config)?;
    let desk = Desk::open(config)?;
    if let (Some(address), Some(secret)) = (own_address(config), config.tests.price_secret.clone()) {
        let (database, clock) = (desk.database.clone(), desk.clock.clone());
        played_prices::start(played_prices::bind(address)?, Prices { database, clock, secret })?;
        say(&format!("prices on http://{address}"))?;
    }
    let seed = Clock::epoch_milliseconds().unsigned_abs();
    let mut simulator = Simulator::new(seed, command.failing.into());
    let started = Instant::now();
    loop {
        let round = simulator.round(&desk.database, desk.clock.now())?;
        if round != Default::default() {
            say(&format!("accounted {}, failed {}", round.accounted, round.failed))?;
        }
        let left = Duration::from_secs(command.seconds.into()).saturating_sub(started.elapsed());
        if left.is_zero() {
            return Ok(());
        }
        std::thread::sleep(left.min(Duration::from_secs(command.every.into())));
    }
}

/// The port of this machine that the setting names, if it does.
fn own_address(config: &Config) -> Option<SocketAddr> {
    let rest = config.tests.price_url.as_deref()?.strip_prefix("http://")?;
    let authority = rest.split(['/', '?']).next()?.replacen("localhost", "127.0.0.1", 1);
    authority.parse::<SocketAddr>().ok().filter(|address| address.ip().is_loopback())
}

/// The prices that `serve --simulate` tells.
pub(super) struct OwnPrices {
    listener: TcpListener,
    secret: SecretString,
}

impl OwnPrices {
    /// Takes a port of this machine, and gives the settings by which prices are asked there; none where the settings name another
    /// place, or nothing is simulated.
    pub(super) fn within(config: &Config, simulates: bool) -> Result<(Config, Option<OwnPrices>)> {
        if !simulates || config.tests.price_url.is_some() {
            return Ok((config.clone(), None));
        }
        let listener = played_prices::bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0))?;
        let address = listener.local_addr().map_err(Error::internal)?;
        let secret = SecretString::from(nanoid::nanoid!(32));
        let tests = TestSettings {
            price_url: Some(format!("http://{address}/price")),
            price_secret: Some(secret.clone()),
            price_private: true,
            ..config.tests.clone()
        };
        Ok((Config { tests, ..config.clone() }, Some(OwnPrices { listener, secret })))
    }

    /// Tells them from now on.
    pub(super) fn start(&self, desk: &Desk) -> Result<()> {
        let (database, clock) = (desk.database.clone(), desk.clock.clone());
        let listener = self.listener.try_clone().map_err(Error::internal)?;
        played_prices::start(listener, Prices { database, clock, secret: self.secret.clone() })
    }
}
