//! Widgets two pages or more share. Know `model` and the browser; never a page, never the server.

mod address;
mod alerts;
mod chart;
mod client_choice;
mod cookie;
mod copy;
mod downloads;
mod header;
mod health;
mod icon;
mod live;
mod load;
mod no_projects;
mod notifications;
mod order_sync;
mod project_choice;
mod said;
mod share_table;
mod sidebar;
mod signed;
mod span_switch;
mod stat;
mod theme;
mod time;
mod toast;
mod window_switch;

pub use address::{encoded, project_address, query_with};
pub use alerts::{AlertBanners, Bell, hide_alert, load_alert_bar, provide_alerts};
pub use chart::{ChartCard, provide_hidden_series};
pub use client_choice::{ClientOption, ClientSelect, provide_client_choice, use_client};
pub use cookie::{cookie, keep_cookie};
pub use copy::CopyButton;
pub use downloads::Downloads;
#[cfg(feature = "ssr")]
pub use downloads::project_query;
pub use header::{Header, answer_of, load_header, start_sync};
#[cfg(feature = "ssr")]
pub use health::signed;
pub use health::{HealthBadge, HealthMark};
pub use icon::Icon;
pub use live::{Live, provide_live, use_live};
pub use load::{Empty, Load, focus_content};
pub use no_projects::NoProjects;
pub use notifications::{Permission, provide_notifications};
pub use order_sync::{OrderSync, load_order_sync, watch_orders};
pub use project_choice::{ProjectSelect, load_project_options, provide_project_choice, use_project};
pub use said::SaidNotice;
pub use share_table::{Share, ShareTable};
pub use sidebar::Sidebar;
pub use signed::{Signed, go_and_sign_in, local_path, provide_signed, use_signed};
pub use span_switch::{SpanSwitch, use_span_query};
pub use stat::{Stat, StatCard};
pub use theme::{Theme, UseTheme, provide_theme, use_theme};
pub use time::{Ago, AgoShort, Until, provide_now, use_now};
pub use toast::{Toast, Toaster, UseToast, use_toast};
pub use window_switch::{WindowSwitch, use_window};
