//! What handlers work with: one value for the whole app, shared by all workers.

use std::sync::Arc;

use secrecy::SecretString;

use crate::accounts::correctable::Correctable;
use crate::accounts::sign_in::SignInGate;
use crate::accounts::tokens::cache::TokenCache;
use crate::base::clock::Clock;
use crate::base::money::Money;
use crate::db::Database;
use crate::forecast::Sources;
use crate::ledger::Ledger;
use crate::names::NameCache;
use crate::web::access::Permission;
use crate::web::download::Places;
use crate::web::meter::Meter;
use crate::web::ops::Readiness;
use crate::web::seal::Seal;
use crate::web::templates::Templates;

/// Shared by all requests.
#[derive(Debug, Clone)]
pub struct AppState {
    pub database: Database,
    pub clock: Clock,
    pub templates: Arc<Templates>,
    pub names: NameCache,
    /// In what all money is; none where it is not said.
    pub currency: Option<String>,
    /// Where passwords are tried.
    pub sign_in_gate: SignInGate,
    /// Tokens that were recognised a moment ago.
    pub tokens: TokenCache,
    pub downloads: Places,
    /// How requests went.
    pub meter: Meter,
    /// What keeps a form that came without a session.
    pub seal: Seal,
    /// What `/metrics` wants to be shown, if anything.
    pub metrics_token: Option<Arc<SecretString>>,
    /// What `/readyz` found last.
    pub readiness: Readiness,
    /// The origin that forms must come from.
    pub origin: String,
    /// Whether the origin was set; a derived one gives way to the Host that the browser asked for.
    pub origin_is_set: bool,
    pub is_https: bool,
    /// How many proxies of ours stand in front.
    pub proxies: usize,
    /// Every route and who may call it.
    pub permissions: Arc<[Permission]>,
    /// When the archive runs by itself each day, unless never, and how many days before today it leaves live.
    pub archive_at: Option<chrono::NaiveTime>,
    pub archive_keep_days: u32,
    /// A retry that waits longer than that is shown as stuck.
    pub stuck_after: chrono::Duration,
    /// A batch of more money asks for its number of rows to be typed.
    pub batch_confirm: Money,
    /// Which fields of a failed usage may be corrected, and by whom.
    pub correctable: Correctable,
    /// Where a test of a retry looks at the platform.
    pub test_sources: Arc<Sources>,
    /// Who says whether somebody was charged.
    pub ledger: Ledger,
}

impl AppState {
    /// Whether this server runs batches.
    pub fn has_batches(&self) -> bool {
        self.permissions.iter().any(|permission| permission.path == "/batches")
    }

    /// Retries asked for before that time are stuck.
    pub fn stuck_since(&self) -> chrono::NaiveDateTime {
        self.clock.now() - self.stuck_after
    }
}
