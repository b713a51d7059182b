//! `/tokens`: what was used, by day, project, model and session, and how it compares with what providers bill.

mod compared;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use compared::{Comparison, comparison};

use super::breakdowns::{Breakdowns, breakdowns};
use crate::components::{
    ChartCard, Downloads, Empty, Load, Share, ShareTable, ShownIn, WindowSwitch, may, query_with, use_live,
    use_project, use_window,
};
use crate::error::AppError;
use crate::model::{Chart, Role, Shown, Window};

#[cfg(feature = "ssr")]
const SESSIONS_PER_PAGE: usize = 20;

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokensPage {
    pub window: Window,
    pub total: String,
    /// What the total rests on, and what is missing from it.
    pub basis: String,
    /// What is used and in no total; empty when everything has a price.
    pub unpriced: String,
    pub kinds: Vec<(String, String)>,
    /// Tokens by kind, and cache hits; none without usage.
    pub kinds_by_day: Option<Chart>,
    pub cache_hits: Option<Chart>,
    /// Estimate, usage and bill, by provider; none without a provider.
    pub comparisons: Vec<Comparison>,
    pub projects: Vec<Share>,
    pub models: Vec<Share>,
    /// By machine and by person, where there are several.
    pub team: Vec<Breakdowns>,
    /// The query of the same usage as a table to take away.
    pub exports: String,
    pub sessions: Vec<SessionLine>,
    pub page: u32,
    pub pages: u32,
    pub sessions_total: u64,
    pub shown: Shown,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLine {
    pub date: String,
    pub project: String,
    pub session: String,
    pub models: String,
    pub tokens: String,
    pub cost: String,
}

#[server(prefix = "/rpc", endpoint = "load_tokens", input = leptos::server_fn::codec::Json)]
pub async fn load_tokens(window: Window, project: Option<String>, page: u32) -> Result<TokensPage, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    let engine = crate::server::app()?.engine;
    let snapshot = engine.snapshot();
    let shown = engine.config.current().shown(snapshot.today);
    Ok(build::page(&snapshot, shown, window, project.as_deref(), page))
}

/// The page's code, which the browser loads when it is first visited.
pub struct TokensRoute;

#[lazy_route]
impl LazyRoute for TokensRoute {
    fn data() -> Self {
        TokensRoute
    }

    fn view(this: Self) -> AnyView {
        let TokensRoute = this;
        view! { <Tokens /> }.into_any()
    }
}

#[component]
fn Tokens() -> impl IntoView {
    let window = use_window();
    let query = use_query_map();
    let page_number =
        Memo::new(move |_| query.with(|query| query.get("page").and_then(|page| page.parse().ok())).unwrap_or(1));
    let (live, project) = (use_live(), use_project());
    let page = Resource::new(
        move || (window.get(), project.get(), page_number.get(), live.version()),
        |(window, project, page, _)| load_tokens(window, project, page),
    );
    view! {
        <Title text="Tokens" />
        <h1 class="unseen">"Tokens"</h1>
        <Load data=page view=|page: TokensPage| tokens(page) />
    }
}

fn tokens(page: TokensPage) -> AnyView {
    let kinds =
        page.kinds.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }).collect_view();
    let unpriced =
        (!page.unpriced.is_empty()).then(|| view! { {page.unpriced}" "<a href="/prices">{if may(Role::Admin) { "Set a price" } else { "Prices" }}</a>"." });
    view! {
        <section class="card total">
            <header><h2>"Spend"</h2><WindowSwitch window=page.window /></header>
            <p class="big">{page.total}</p>
            <p class="sub">{page.basis}" "{unpriced}</p>
            <dl class="kinds">{kinds}</dl>
        </section>
        {chart("Tokens per day", page.kinds_by_day, "No usage in these days.")}
        {chart("Cache hits", page.cache_hits, "No prompt in these days.")}
        <div class="two">
            <ShareTable title="Cost by project" column="Project" rows=page.projects exports=format!("{}&by=project", page.exports) />
            <ShareTable title="Cost by model" column="Model" rows=page.models exports=format!("{}&by=model", page.exports) />
        </div>
        {breakdowns(page.team)}
        {page.comparisons.into_iter().map(comparison).collect_view()}
        {sessions(page.window, page.sessions, page.page, page.pages, page.sessions_total, page.exports)}
        <ShownIn shown=page.shown />
    }
    .into_any()
}

fn chart(title: &'static str, chart: Option<Chart>, none: &'static str) -> AnyView {
    match chart {
        Some(chart) => view! { <ChartCard title chart>""</ChartCard> }.into_any(),
        None => view! { <Empty title><p class="mute">{none}</p></Empty> }.into_any(),
    }
}

fn sessions(window: Window, lines: Vec<SessionLine>, page: u32, pages: u32, total: u64, exports: String) -> AnyView {
    if lines.is_empty() {
        return view! { <Empty title="Sessions"><p class="mute">"No sessions in these days."</p></Empty> }.into_any();
    }
    let rows = lines
        .into_iter()
        .map(|line| {
            view! {
                <tr>
                    <td class="num date">{line.date}</td>
                    <th scope="row">{line.project}<small>{line.session}</small></th>
                    <td class="wide">{line.models}</td>
                    <td class="num wide">{line.tokens}</td>
                    <td class="num">{line.cost}</td>
                </tr>
            }
        })
        .collect_view();
    let query = use_query_map().get_untracked();
    let link = move |to: u32, text: &'static str| {
        let href = query_with(&query, &[("window", window.key()), ("page", &to.to_string())]);
        (to >= 1 && to <= pages).then(|| view! { <a href=href data-noscroll="">{text}</a> })
    };
    view! {
        <section class="card">
            <header><h2>"Sessions"</h2><span class="mute">{format!("{total} in these days")}</span></header>
            <table class="sessions">
                <thead>
                    <tr>
                        <th scope="col">"Last day"</th><th scope="col">"Project and session"</th><th scope="col" class="wide">"Models"</th>
                        <th scope="col" class="num wide">"Tokens"</th><th scope="col" class="num">"Cost"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <nav class="pager" aria-label="Pages of sessions">
                {link(page.saturating_sub(1), "Newer")}<span class="mute">{format!("Page {page} of {pages}")}</span>{link(page + 1, "Older")}
            </nav>
            <Downloads of="Sessions" table="usage" query=format!("{exports}&by=session") />
        </section>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
mod build {
    use super::compared::comparisons;
    use super::{SESSIONS_PER_PAGE, SessionLine, TokensPage};
    use crate::analytics::{model_label, sessions};
    use crate::charts;
    use crate::model::{SessionRow, Shown, Usd, Window, WindowStats, compact};
    use crate::pages::breakdowns::build::of_team;
    use crate::pages::shares::{export_query, money, named, shares, unpriced};
    use crate::sync::Snapshot;

    const TOP: usize = 12;

    pub(super) fn page(
        snapshot: &Snapshot,
        shown: Shown,
        window: Window,
        project: Option<&str>,
        page: u32,
    ) -> TokensPage {
        let sessions = sessions(&snapshot.facts_of(project).rows, window.range(snapshot.today));
        let total = sessions.len() as u64;
        // A page past the end, from an old link or a shorter window, shows the last one.
        let page = page.clamp(1, pages(total));
        let on_page = sessions.iter().skip((page as usize - 1) * SESSIONS_PER_PAGE).take(SESSIONS_PER_PAGE);
        let stats = &*snapshot.window_of(window, project);
        // What a provider bills names no project of ours.
        let narrowed = project.is_some_and(|id| snapshot.project(id).is_some());
        let compared = if narrowed { &[][..] } else { &snapshot.comparisons };
        let tokens = stats.tokens;
        let kinds = [
            ("Input", tokens.input),
            ("Cache writes, 5 min", tokens.cache_write_5m),
            ("Cache writes, 1 h", tokens.cache_write_1h),
            ("Cache reads", tokens.cache_read),
            ("Output", tokens.output),
        ];
        let exports = export_query(snapshot, window, project);
        TokensPage {
            window,
            total: money(shown, stats.total_cost, !stats.unpriced.models.is_empty()),
            basis: basis(stats, shown),
            unpriced: unpriced(stats),
            kinds: kinds.map(|(name, count)| (name.to_owned(), compact(count))).to_vec(),
            kinds_by_day: charts::tokens_by_kind(stats),
            cache_hits: charts::cache_hit_rate(stats),
            comparisons: comparisons(compared, window.range(snapshot.today)),
            projects: shares(shown, &stats.by_project, stats.total_cost, |id| snapshot.project_name(id), TOP),
            models: shares(shown, &stats.by_model, stats.total_cost, model_label, TOP),
            team: of_team(stats, shown, &exports),
            exports,
            sessions: on_page.map(|row| line(row, snapshot, shown)).collect(),
            page,
            pages: pages(total),
            sessions_total: total,
            shown,
        }
    }

    fn pages(sessions: u64) -> u32 {
        u32::try_from(sessions.div_ceil(SESSIONS_PER_PAGE as u64)).unwrap_or(u32::MAX).max(1)
    }

    fn basis(stats: &WindowStats, shown: Shown) -> String {
        let basis = stats.cost_basis;
        let parts: Vec<String> = [
            ("billed", basis.billed),
            ("reported by the logs", basis.reported),
            ("estimated from tokens and prices", basis.estimated),
        ]
        .into_iter()
        .filter(|(_, cost)| *cost > Usd::ZERO)
        .map(|(how, cost)| format!("{} {how}", shown.money(cost)))
        .collect();
        let text = if parts.is_empty() { "No spend in these days".to_owned() } else { parts.join(", ") };
        text + "."
    }

    fn line(row: &SessionRow, snapshot: &Snapshot, shown: Shown) -> SessionLine {
        SessionLine {
            date: row.last_day.to_string(),
            project: snapshot.project_name(snapshot.facts.names.name(&row.project)),
            session: row.session.clone(),
            models: named(&row.models),
            tokens: compact(row.spend.tokens.total()),
            cost: money(shown, row.spend.cost(), row.spend.has_unpriced()),
        }
    }
}
