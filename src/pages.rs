//! One file per route: its data struct, its server function, its component. Pages know no other page.

mod not_found;
mod overview;
#[cfg(feature = "ssr")]
mod shares;
mod sync_log;
mod tokens;

pub use not_found::NotFound;
pub use overview::OverviewRoute;
pub use sync_log::SyncLogRoute;
pub use tokens::TokensRoute;
