//! One file per route: its data struct, its server function, its component. Pages know no other page.

mod account;
mod alerts;
mod analytics;
mod breakdowns;
#[cfg(feature = "ssr")]
mod cards;
mod clients;
mod connect;
#[cfg(feature = "ssr")]
mod deadline;
#[cfg(feature = "ssr")]
mod hub;
mod kanban;
mod machines;
#[cfg(feature = "ssr")]
mod margins;
mod not_found;
mod orders;
mod overview;
mod prices;
mod project;
mod projects;
mod quality;
mod settings;
mod setup;
#[cfg(feature = "ssr")]
mod shares;
mod sign_in;
mod sources;
mod sync_log;
mod tokens;
mod users;

pub use account::AccountRoute;
pub use alerts::AlertsRoute;
pub use analytics::AnalyticsRoute;
pub use clients::ClientsRoute;
pub use connect::ConnectRoute;
pub use kanban::KanbanRoute;
pub use machines::MachinesRoute;
pub use not_found::NotFound;
pub use orders::OrdersRoute;
pub use overview::OverviewRoute;
pub use prices::PricesRoute;
pub use project::ProjectRoute;
pub use projects::ProjectsRoute;
pub use quality::QualityRoute;
pub use settings::SettingsRoute;
pub use setup::{ResetRoute, SetupRoute};
pub use sign_in::SignInRoute;
pub use sources::SourcesRoute;
pub use sync_log::SyncLogRoute;
pub use tokens::TokensRoute;
pub use users::UsersRoute;
