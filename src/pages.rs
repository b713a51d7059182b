//! One file per route: its data struct, its server function, its component. Pages know no other page.

mod not_found;
mod overview;
mod prices;
#[cfg(feature = "ssr")]
mod shares;
mod sources;
mod sync_log;
mod tokens;

pub use not_found::NotFound;
pub use overview::OverviewRoute;
pub use prices::PricesRoute;
pub use sources::SourcesRoute;
pub use sync_log::SyncLogRoute;
pub use tokens::TokensRoute;
