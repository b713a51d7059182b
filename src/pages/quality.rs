//! `/quality`: how the code of all projects is, worst first, and how it has been.

#[cfg(feature = "ssr")]
mod build;
mod list;
#[cfg(feature = "ssr")]
mod words;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{
    ChartCard, Empty, HealthMark, Load, NoProjects, Stat, StatCard, export_address, use_live, use_project,
};
use crate::error::AppError;
use crate::model::Chart;

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualityPage {
    pub headline: String,
    /// Means over the projects that have data; none when no project has.
    pub stats: Vec<Stat>,
    /// `None` while no day has data.
    pub chart: Option<Chart>,
    /// Worst first.
    pub measured: Vec<MeasuredProject>,
    pub unmeasured: Vec<UnmeasuredProject>,
    /// The query of the same projects as a table to take away.
    pub exports: String,
}

/// A project of which something is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasuredProject {
    pub name: String,
    pub href: String,
    pub health: HealthMark,
    /// In the order of [`COLUMNS`].
    pub figures: Vec<Figure>,
    /// The tech debt with its reason.
    pub debt: String,
    /// The figures that have no column on a small screen, in a line.
    pub also: String,
    /// What is stale, with its file, and what could not be read.
    pub notes: Vec<String>,
}

/// A number of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// `no data` when it is not known.
    pub value: String,
    /// `good`, `warn`, `bad`, or nothing.
    pub tone: String,
    /// `18 days old`, when it is too old to speak for the code of today.
    pub stale: String,
}

/// The figures of a project; those after the first two have no room on a small screen.
pub const COLUMNS: [&str; 8] =
    ["Frontend", "Backend", "Lighthouse", "Open issues", "Tests", "Lint", "Advisories", "Tech debt"];

/// A project of which nothing is known, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmeasuredProject {
    pub name: String,
    pub href: String,
    pub why: String,
}

#[server(prefix = "/rpc", endpoint = "load_quality", input = leptos::server_fn::codec::Json)]
pub async fn load_quality(project: Option<String>) -> Result<QualityPage, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    let engine = crate::server::app()?.engine;
    Ok(build::page(&engine.snapshot(), project.as_deref()))
}

/// The page's code, which the browser loads when it is first visited.
pub struct QualityRoute;

#[lazy_route]
impl LazyRoute for QualityRoute {
    fn data() -> Self {
        QualityRoute
    }

    fn view(this: Self) -> AnyView {
        let QualityRoute = this;
        view! { <Quality /> }.into_any()
    }
}

#[component]
fn Quality() -> impl IntoView {
    let (live, project) = (use_live(), use_project());
    let page = Resource::new(move || (project.get(), live.version()), |(project, _)| load_quality(project));
    view! {
        <Title text="Quality" />
        <Load data=page view=|page: QualityPage| quality(page) />
    }
}

fn quality(page: QualityPage) -> AnyView {
    let headline = view! { <section class="verdict"><h1>{page.headline}</h1></section> };
    if page.measured.is_empty() {
        let nothing = if page.unmeasured.is_empty() { view! { <NoProjects /> }.into_any() } else { not_measured() };
        return view! { {headline}{nothing}{list::unmeasured(page.unmeasured)} }.into_any();
    }
    let stats = page.stats.into_iter().map(|stat| view! { <StatCard stat /> }).collect_view();
    let csv = export_address("quality.csv", &page.exports);
    let chart = page.chart.map(|chart| view! { <ChartCard title="Trend, 30 days" chart=chart csv>""</ChartCard> });
    view! {
        {headline}
        <section class="cards" aria-label="Key figures">{stats}</section>
        {chart}
        {list::measured(page.measured, page.exports)}
        {list::unmeasured(page.unmeasured)}
    }
    .into_any()
}

/// What is looked for; docs/quality.md has all of it.
const READ: [(&str, &str); 6] = [
    (
        "Coverage",
        "coverage-summary.json, lcov.info, Cobertura or JaCoCo XML, llvm-cov.json, tarpaulin-report.json, *.out of Go",
    ),
    ("Lighthouse", "lighthouse*.json, .lighthouseci/*.json"),
    ("Tests", "JUnit XML, in any file that ends in .xml"),
    ("Lint", "*.sarif, eslint*.json, clippy*.json"),
    ("Advisories", "the JSON of npm, pnpm or cargo audit, in a file with audit in its name"),
    ("Open issues", "TODO, FIXME and HACK in the comments of the source; needs no report"),
];

fn not_measured() -> AnyView {
    let read = READ.map(|(measure, files)| view! { <div><dt>{measure}</dt><dd>{files}</dd></div> });
    view! {
        <Empty title="Which reports are read">
            <p>
                "Allclear runs no tool: it reads what yours leave in a project's folder, and in "<code>"coverage"</code>", "
                <code>"reports"</code>" and "<code>"test-results"</code>" below it. The next sync reads what is there by then. "
                <code>"docs/quality.md"</code>" names every place and format."
            </p>
            <dl class="offers">{read.into_view()}</dl>
        </Empty>
    }
    .into_any()
}
