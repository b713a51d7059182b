//! The one table of what can be asked for: every server function and every route, with the least role that may.

use crate::model::Role;

/// Method, route, the least role (`None`: everybody), and a body: JSON when it begins with a brace, else a form.
pub(super) type Endpoint = (&'static str, &'static str, Option<Role>, &'static str);

const CLIENT: Option<Role> = Some(Role::Client);
pub(super) const VIEWER: Option<Role> = Some(Role::Viewer);
const OPERATOR: Option<Role> = Some(Role::Operator);
const ADMIN: Option<Role> = Some(Role::Admin);

const PRICES: &str = "{\"query\":{\"typed\":{\"model\":\"\",\"input\":\"\",\"output\":\"\",\"cache_read\":\"\",\
    \"cache_write\":\"\",\"cache_write_1h\":\"\",\"from\":\"\"},\"saved\":\"\",\"removed\":\"\",\"search\":\"\",\"all\":false}}";

const ORDERS: &str = "{\"query\":{\"client\":null,\"days\":\"\",\"from\":\"\",\"to\":\"\",\"search\":\"\",\
    \"source\":\"\",\"matched\":null,\"voided\":false,\"invoices\":false,\"current\":false,\"sort\":\"Opened\",\
    \"ascending\":false,\"page\":1},\"step\":\"Day\"}";

/// The server functions. Add a new one here, with arguments that can be read.
pub(super) const FUNCTIONS: &[Endpoint] = &[
    ("POST", "/rpc/add_machine", ADMIN, "name="),
    ("POST", "/rpc/add_order_contact", OPERATOR, "order=none"),
    ("POST", "/rpc/add_user", ADMIN, "name=bad name&role=viewer"),
    ("POST", "/rpc/answer_alert", OPERATOR, "alert_key=none&answer=acknowledge"),
    ("POST", "/rpc/begin_totp", CLIENT, ""),
    ("POST", "/rpc/change_password", CLIENT, "old=a&new=b&again=c"),
    ("POST", "/rpc/change_role", ADMIN, "name=nobody&role=viewer"),
    ("POST", "/rpc/choose_theme", CLIENT, "theme=dark"),
    ("POST", "/rpc/confirm_totp", CLIENT, "code=1"),
    ("POST", "/rpc/disable_user", ADMIN, "name=nobody&disabled=true"),
    ("POST", "/rpc/end_session", CLIENT, "id=none"),
    ("POST", "/rpc/hide_alert", VIEWER, "alert_key=none"),
    ("POST", "/rpc/load_account", CLIENT, "{\"said\":\"\"}"),
    ("POST", "/rpc/load_alert_bar", VIEWER, "{}"),
    ("POST", "/rpc/load_alerts", VIEWER, "{}"),
    (
        "POST",
        "/rpc/load_analytics",
        VIEWER,
        "{\"span\":{\"window\":\"\",\"from\":\"\",\"to\":\"\",\"compare\":\"\"},\"stacked\":false}",
    ),
    ("POST", "/rpc/import_contacts", ADMIN, "client=none&list=none"),
    ("POST", "/rpc/load_client_form", ADMIN, "{\"typed\":{}}"),
    ("POST", "/rpc/load_clients", ADMIN, "{}"),
    ("POST", "/rpc/load_contacts", ADMIN, "{\"client\":\"none\",\"list\":\"\"}"),
    ("POST", "/rpc/load_connect", VIEWER, "{}"),
    ("POST", "/rpc/load_header", VIEWER, "{}"),
    ("POST", "/rpc/load_kanban", VIEWER, "{}"),
    ("POST", "/rpc/load_machines", ADMIN, "{\"query\":{\"new\":\"\",\"problem\":\"\",\"revoked\":\"\"}}"),
    ("POST", "/rpc/load_order", CLIENT, "{\"query\":{\"order\":\"none\",\"matching\":false,\"contact\":\"\"}}"),
    ("POST", "/rpc/load_order_sync", CLIENT, "{}"),
    ("POST", "/rpc/load_orders", CLIENT, ORDERS),
    ("POST", "/rpc/load_overview", VIEWER, "{\"window\":\"7d\"}"),
    ("POST", "/rpc/load_prices", VIEWER, PRICES),
    (
        "POST",
        "/rpc/load_project",
        VIEWER,
        "{\"query\":{\"id\":\"none\",\"tab\":\"Overview\",\"window\":\"7d\",\"saved\":false}}",
    ),
    ("POST", "/rpc/load_project_options", VIEWER, "{}"),
    ("POST", "/rpc/load_projects", VIEWER, "{\"query\":{\"search\":\"\",\"sort\":\"Activity\"}}"),
    ("POST", "/rpc/load_push_key", VIEWER, "{}"),
    ("POST", "/rpc/load_push_state", VIEWER, "{\"endpoint\":\"none\"}"),
    ("POST", "/rpc/load_quality", VIEWER, "{}"),
    ("POST", "/rpc/load_reset", None, "{\"key\":\"\",\"problem\":\"\"}"),
    ("POST", "/rpc/load_revenue", CLIENT, ORDERS),
    ("POST", "/rpc/load_set_up", None, "{\"key\":\"\",\"problem\":\"\"}"),
    ("POST", "/rpc/load_settings", VIEWER, "{\"typed\":\"\",\"saved\":\"\"}"),
    ("POST", "/rpc/load_sign_in", None, "{\"problem\":\"\",\"next\":\"\"}"),
    ("POST", "/rpc/load_sources", VIEWER, "{}"),
    ("POST", "/rpc/load_sync_log", VIEWER, "{}"),
    ("POST", "/rpc/load_tokens", VIEWER, "{\"window\":\"7d\",\"page\":0}"),
    ("POST", "/rpc/load_users", ADMIN, "{\"said\":\"\"}"),
    ("POST", "/rpc/look_at_contacts", ADMIN, "client=none&text=a"),
    ("POST", "/rpc/look_up_rate", ADMIN, "{\"currency\":\"USD\"}"),
    ("POST", "/rpc/look_up_client", ADMIN, "{\"client\":\"none\",\"diagnose\":false}"),
    ("POST", "/rpc/make_token", CLIENT, "label=&scope=read&days=1"),
    ("POST", "/rpc/match_order", OPERATOR, "order=none&contact=none"),
    ("POST", "/rpc/move_project", OPERATOR, "id=none&status=paused"),
    ("POST", "/rpc/pause_sync", ADMIN, "paused=false"),
    ("POST", "/rpc/put_price_back", ADMIN, "entry=none"),
    ("POST", "/rpc/remove_client", ADMIN, "client=none"),
    ("POST", "/rpc/remove_model_price", ADMIN, "model=none"),
    ("POST", "/rpc/remove_user", ADMIN, "name=nobody&sure=true"),
    ("POST", "/rpc/reset_link", ADMIN, "name=nobody"),
    ("POST", "/rpc/reset_password", None, "key=&password=&again="),
    ("POST", "/rpc/resync_client", ADMIN, "client=none"),
    ("POST", "/rpc/revoke_machine", ADMIN, "id=none"),
    ("POST", "/rpc/revoke_token", CLIENT, "id=none"),
    ("POST", "/rpc/save_client", ADMIN, "typed[name]="),
    ("POST", "/rpc/save_project", OPERATOR, "id=none&choices[name]=a"),
    ("POST", "/rpc/save_settings", ADMIN, "section=sync&version="),
    ("POST", "/rpc/set_model_price", ADMIN, "model=none"),
    ("POST", "/rpc/set_up", None, "key=&name=&password=&again="),
    ("POST", "/rpc/sign_in", None, "name=&password="),
    ("POST", "/rpc/sign_in_code", None, "code=1"),
    ("POST", "/rpc/start_sync", OPERATOR, ""),
    ("POST", "/rpc/subscribe_push", VIEWER, "subscription=none"),
    ("POST", "/rpc/sync_client", ADMIN, "client=none"),
    ("POST", "/rpc/sync_source", OPERATOR, "name=manual"),
    ("POST", "/rpc/test_channel", ADMIN, "channel=none"),
    ("POST", "/rpc/test_client_keys", ADMIN, "client=none"),
    ("POST", "/rpc/test_push", VIEWER, "endpoint=none"),
    ("POST", "/rpc/test_source", OPERATOR, "source=manual"),
    ("POST", "/rpc/unmatch_order", OPERATOR, "order=none"),
    ("POST", "/rpc/unsubscribe_push", VIEWER, "endpoint=none"),
    ("POST", "/rpc/watch_orders", ADMIN, "{\"client\":\"none\",\"tab\":\"a\",\"looks\":false}"),
    // They end what those before them are asked with.
    ("POST", "/rpc/end_sessions", CLIENT, ""),
    ("POST", "/rpc/stop_totp", CLIENT, "password=a"),
    ("POST", "/rpc/sign_out", CLIENT, ""),
];

/// What is no page and no server function.
pub(super) const ROUTES: &[Endpoint] = &[
    ("GET", "/api/alerts", VIEWER, ""),
    ("POST", "/api/channels/test", ADMIN, "{\"channel\":\"none\"}"),
    ("GET", "/api/export/contacts.csv", ADMIN, ""),
    ("GET", "/api/export/orders.csv", CLIENT, ""),
    ("GET", "/api/export/orders.json", CLIENT, ""),
    ("GET", "/api/export/{file}", VIEWER, ""),
    ("POST", "/api/projects/status", OPERATOR, "{\"id\":\"none\",\"status\":\"paused\"}"),
    ("PATCH", "/api/projects/status", OPERATOR, "{\"id\":\"none\",\"status\":\"paused\"}"),
    ("GET", "/api/settings/alerts", ADMIN, ""),
    ("POST", "/api/settings/alerts", ADMIN, "{}"),
    ("GET", "/api/settings/budget", ADMIN, ""),
    ("POST", "/api/settings/budget", ADMIN, "{}"),
    ("GET", "/api/settings/sync", ADMIN, ""),
    ("POST", "/api/settings/sync", ADMIN, "{}"),
    ("POST", "/api/sync", OPERATOR, ""),
    ("GET", "/api/sync/runs", VIEWER, ""),
    ("GET", "/data/analytics.json", VIEWER, ""),
    ("GET", "/data/projects.json", VIEWER, ""),
    ("GET", "/data/quality.json", VIEWER, ""),
    ("GET", "/data/sync-status.json", VIEWER, ""),
    ("GET", "/healthz", None, ""),
    ("GET", "/readyz", None, ""),
    ("GET", "/sign-in/oidc", None, ""),
    ("GET", "/sign-in/oidc/callback", None, ""),
];
