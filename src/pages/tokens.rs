//! `/tokens`: what was used, by day, project, model and session.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use crate::components::{ChartCard, Empty, Load, Share, ShareTable, WindowSwitch, use_live, use_window};
use crate::error::AppError;
use crate::model::{Chart, Window};

#[cfg(feature = "ssr")]
const SESSIONS_PER_PAGE: u32 = 20;

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokensPage {
    pub window: Window,
    pub total: String,
    /// What the total rests on, and what is missing from it.
    pub basis: String,
    pub kinds: Vec<(String, String)>,
    pub chart: Chart,
    pub projects: Vec<Share>,
    pub models: Vec<Share>,
    pub sessions: Vec<SessionLine>,
    pub page: u32,
    pub pages: u32,
    pub sessions_total: u64,
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
pub async fn load_tokens(window: Window, page: u32) -> Result<TokensPage, AppError> {
    let engine = crate::server::app()?.engine;
    let snapshot = engine.snapshot();
    let range = window.range(snapshot.today);
    let total = engine.store.session_count(range).await?;
    // A page past the end, from an old link or a shorter window, shows the last one.
    let page = page.clamp(1, build::pages(total));
    let sessions = engine.store.sessions(range, (page - 1) * SESSIONS_PER_PAGE, SESSIONS_PER_PAGE).await?;
    Ok(build::page(&snapshot, window, page, &sessions, total))
}

#[component]
pub fn TokensRoute() -> impl IntoView {
    let window = use_window();
    let query = use_query_map();
    let page_number =
        Memo::new(move |_| query.with(|query| query.get("page").and_then(|page| page.parse().ok())).unwrap_or(1));
    let live = use_live();
    let page = Resource::new(
        move || (window.get(), page_number.get(), live.version()),
        |(window, page, _)| load_tokens(window, page),
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
    view! {
        <section class="card total">
            <header><h2>"Spend"</h2><WindowSwitch window=page.window /></header>
            <p class="big">{page.total}</p>
            <p class="sub">{page.basis}</p>
            <dl class="kinds">{kinds}</dl>
        </section>
        <ChartCard title="Tokens per day" chart=page.chart>""</ChartCard>
        <div class="two">
            <ShareTable title="Cost by project" column="Project" rows=page.projects />
            <ShareTable title="Cost by model" column="Model" rows=page.models />
        </div>
        {sessions(page.window, page.sessions, page.page, page.pages, page.sessions_total)}
    }
    .into_any()
}

fn sessions(window: Window, lines: Vec<SessionLine>, page: u32, pages: u32, total: u64) -> AnyView {
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
    let link = move |to: u32, text: &'static str| {
        let href = format!("?window={}&page={to}", window.key());
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
        </section>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
mod build {
    use super::{SESSIONS_PER_PAGE, SessionLine, TokensPage};
    use crate::analytics::model_label;
    use crate::charts;
    use crate::model::{SessionRow, Usd, Window, WindowStats, compact};
    use crate::pages::shares::{money, shares};
    use crate::sync::Snapshot;

    const TOP: usize = 12;

    pub(super) fn page(
        snapshot: &Snapshot,
        window: Window,
        page: u32,
        sessions: &[SessionRow],
        total: u64,
    ) -> TokensPage {
        let empty = WindowStats::default();
        let stats = snapshot.analytics.windows.get(window.key()).unwrap_or(&empty);
        let tokens = stats.tokens;
        let kinds = [
            ("Input", tokens.input),
            ("Cache writes, 5 min", tokens.cache_write_5m),
            ("Cache writes, 1 h", tokens.cache_write_1h),
            ("Cache reads", tokens.cache_read),
            ("Output", tokens.output),
        ];
        TokensPage {
            window,
            total: money(stats.total_cost, !stats.unpriced.models.is_empty()),
            basis: basis(stats),
            kinds: kinds.map(|(name, count)| (name.to_owned(), compact(count))).to_vec(),
            chart: charts::tokens_by_day(stats),
            projects: shares(&stats.by_project, stats.total_cost, str::to_owned, TOP),
            models: shares(&stats.by_model, stats.total_cost, model_label, TOP),
            sessions: sessions.iter().map(|row| line(row, snapshot)).collect(),
            page,
            pages: pages(total),
            sessions_total: total,
        }
    }

    pub(super) fn pages(sessions: u64) -> u32 {
        u32::try_from(sessions.div_ceil(u64::from(SESSIONS_PER_PAGE))).unwrap_or(u32::MAX).max(1)
    }

    fn basis(stats: &WindowStats) -> String {
        let basis = stats.cost_basis;
        let parts: Vec<String> = [
            ("billed", basis.billed),
            ("reported by the logs", basis.reported),
            ("estimated from tokens and prices", basis.estimated),
        ]
        .into_iter()
        .filter(|(_, cost)| *cost > Usd::ZERO)
        .map(|(how, cost)| format!("{cost} {how}"))
        .collect();
        let mut text = if parts.is_empty() { "No spend in these days".to_owned() } else { parts.join(", ") };
        let unpriced = &stats.unpriced;
        if !unpriced.models.is_empty() {
            let tokens = compact(unpriced.tokens_in + unpriced.tokens_out);
            text += &format!(
                ". Not in it: {tokens} tokens of {}, which have no price yet (data/config/prices.json)",
                unpriced.models.join(", ")
            );
        }
        text + "."
    }

    fn line(row: &SessionRow, snapshot: &Snapshot) -> SessionLine {
        SessionLine {
            date: row.last_day.to_string(),
            project: snapshot.names.name(&row.project).to_owned(),
            session: row.session.clone(),
            models: row.models.iter().map(|model| model_label(model)).collect::<Vec<_>>().join(", "),
            tokens: compact(row.spend.tokens.total()),
            cost: money(row.spend.cost(), row.spend.has_unpriced()),
        }
    }
}
