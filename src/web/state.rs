//! What handlers work with: one value for the whole app, shared by all workers.

use std::sync::Arc;

use crate::base::clock::Clock;
use crate::db::Database;
use crate::names::NameCache;
use crate::web::access::Permission;
use crate::web::download::Places;
use crate::web::templates::Templates;

/// Shared by all requests.
#[derive(Debug, Clone)]
pub struct AppState {
    pub database: Database,
    pub clock: Clock,
    pub templates: Arc<Templates>,
    pub names: NameCache,
    pub downloads: Places,
    /// The origin that forms must come from.
    pub origin: String,
    /// Whether the origin was set; a derived one gives way to the Host that the browser asked for.
    pub origin_is_set: bool,
    pub is_https: bool,
    /// How many proxies of ours stand in front.
    pub proxies: usize,
    /// Every route and who may call it.
    pub permissions: Arc<[Permission]>,
    /// A retry that waits longer than that is shown as stuck.
    pub stuck_after: chrono::Duration,
}

impl AppState {
    /// Retries asked for before that time are stuck.
    pub fn stuck_since(&self) -> chrono::NaiveDateTime {
        self.clock.now() - self.stuck_after
    }
}
