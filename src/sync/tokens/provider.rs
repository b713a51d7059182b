//! Reading a provider's reports: ask for the days that may have changed, and replace each day by what is said of it.
//!
//! A page is stored when it has come, with how far that is; so a run that is cut off between two pages loses nothing
//! and goes on from there. Nothing is stored of an answer that is not understood as a whole, or that tells of days
//! nobody asked for.

mod aside;

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Read, counted};
use crate::config::Config;
use crate::model::{Batch, BilledRow, Cursor, Replaces, StepStatus, UsageEvent, epoch_day, from_epoch_day};
use crate::sources::access::Reach;
use crate::sources::http::{self, Api, Http, Retry, Waiting};
use crate::sources::provider::{BilledCost, Bucket, DaySpan, FeedError, MAX_PAGES, Paging, Request, fill_gaps};
use crate::sources::report::{Facts, Pages, Report, reports};
use crate::sources::{Source, openrouter, provider};
use crate::sync::engine::Engine;
use crate::sync::judge::Judge;

/// Days read the first time: the longest window the pages show.
const HISTORY_DAYS: i32 = 90;
/// Days read again every time: providers count late, and restate.
const LOOK_BACK_DAYS: i32 = 3;
/// Days of a report that is stored by weeks.
const WEEK: i32 = 7;

/// What one source's reading needs.
struct Reading<'a> {
    engine: &'a Engine,
    source: Source,
    api: &'a Api,
    http: &'a Http,
    judge: &'a Judge,
    retry: Retry<'a>,
    /// UTC.
    today: i32,
    /// Rows that were changed so far: they stay changed when the rest fails.
    stored: &'a AtomicU64,
}

/// Reads a provider; `stored` grows with every row that is changed.
pub(super) async fn read(engine: &Engine, config: &Config, source: Source, stored: &AtomicU64) -> anyhow::Result<Read> {
    let api = match engine.access.reach(source)? {
        Reach::Ready(api) => api,
        Reach::NotSet(message) => return Ok(Read { status: StepStatus::Skipped, message, rows: 0 }),
    };
    let tell = |waiting: Waiting| engine.waiting(&waiting.to_string());
    let judge = Judge::new(config, source);
    judge.refresh(&engine.store).await?;
    let reading = Reading {
        engine,
        source,
        api: &api,
        http: engine.http()?,
        judge: &judge,
        retry: Retry::new(config.sync.retry.max_attempts, &tell),
        today: epoch_day(engine.clock.now().date_naive()),
        stored,
    };
    let cursors = engine.store.cursors(source.name()).await?;
    let read_until = |item: &str| cursors.get(item).and_then(|cursor| i32::try_from(cursor.position).ok());
    let mut days = HashSet::new();
    for report in reports(source) {
        reading.report(report, read_until(report.item), &mut days).await?;
    }
    let rows = stored.load(Ordering::Relaxed);
    let mut message = match rows {
        0 => format!("Nothing new in {}", counted(days.len() as u64, "day", "days")),
        _ => format!("Read {}: {} changed", counted(days.len() as u64, "day", "days"), counted(rows, "row", "rows")),
    };
    message += &reading.aside(&cursors).await;
    Ok(Read { status: StepStatus::Success, message, rows })
}

impl Reading<'_> {
    /// Reads the days of a report that may have changed.
    async fn report(&self, report: &Report, until: Option<i32>, days: &mut HashSet<i32>) -> anyhow::Result<()> {
        let oldest = self.today - (HISTORY_DAYS - 1);
        let first = until.map_or(oldest, |until| until.min(self.today) - (LOOK_BACK_DAYS - 1));
        match report.pages {
            Pages::WholeDays => {
                let span = DaySpan { first, last: self.today };
                let mut paging = Paging::new(report.feed, MAX_PAGES);
                let mut page = None;
                let mut seen = HashSet::new();
                loop {
                    let facts = self.page(report, span, page.as_deref()).await?;
                    let (reported, next) = reported(&facts);
                    if let Some(twice) = reported.iter().find(|day| !seen.insert(**day)) {
                        let problem = format!("the day {} comes twice: it changed in between", from_epoch_day(*twice));
                        return Err(FeedError { feed: report.feed, problem }.into());
                    }
                    self.store(report, facts, days).await?;
                    page = paging.follow(next)?;
                    if page.is_none() {
                        return Ok(());
                    }
                }
            }
            Pages::ByWeek => {
                let mut start = first;
                while start <= self.today {
                    let span = DaySpan { first: start, last: (start + WEEK - 1).min(self.today) };
                    let buckets = self.split_days(report, span).await?;
                    let page = provider::Page { buckets: fill_gaps(buckets, span), next: None };
                    self.store(report, Facts::Used(page), days).await?;
                    start += WEEK;
                }
                Ok(())
            }
            Pages::LastThirtyDays => {
                let covered = openrouter::covered(self.today);
                // By the provider's clock a day may just have begun or ended that by ours has not.
                let near = DaySpan { first: covered.first - 1, last: covered.last + 1 };
                let facts = self.page(report, near, None).await?;
                let Facts::Used(page) = facts else { return Ok(()) };
                // The oldest day may have left the report between two midnights: it is not taken to be empty.
                let span = DaySpan { first: covered.first + 1, last: covered.last };
                let buckets = page.buckets.into_iter().filter(|bucket| span.contains(bucket.day)).collect();
                let page = provider::Page { buckets: fill_gaps(buckets, span), next: None };
                self.store(report, Facts::Used(page), days).await
            }
        }
    }

    /// Reads a span whose pages may end within a day.
    async fn split_days(&self, report: &Report, span: DaySpan) -> anyhow::Result<Vec<Bucket<UsageEvent>>> {
        let mut pages = provider::Pages::of_split_days(report.feed);
        let mut cursor = None;
        loop {
            let bytes = self.ask(&(report.request)(span, cursor.as_deref())).await?;
            let Facts::Used(page) = (report.parse)(&bytes)? else { return Ok(Vec::new()) };
            check_days(report.feed, page.buckets.iter().map(|bucket| bucket.day), span)?;
            if self.source == Source::LiteLlm {
                let names = crate::sources::litellm::parse_names(&bytes)?;
                self.engine.store.note_names(self.source.name(), &names.names).await?;
            }
            cursor = pages.take(page)?;
            if cursor.is_none() {
                return Ok(pages.into_buckets());
            }
        }
    }

    async fn page(&self, report: &Report, span: DaySpan, page: Option<&str>) -> anyhow::Result<Facts> {
        let facts = (report.parse)(&self.ask(&(report.request)(span, page)).await?)?;
        check_days(report.feed, reported(&facts).0, span)?;
        Ok(facts)
    }

    async fn ask(&self, request: &Request) -> anyhow::Result<axum::body::Bytes> {
        Ok(self.http.get(&asked(self.api, request), &self.retry).await?)
    }

    /// Replaces the days of a page, and notes how far the report has been read.
    async fn store(&self, report: &Report, facts: Facts, days: &mut HashSet<i32>) -> anyhow::Result<()> {
        let (reported, _) = reported(&facts);
        let Some(last) = reported.iter().max().copied() else { return Ok(()) };
        days.extend(&reported);
        let cursor = Cursor { item: report.item.to_owned(), position: i64::from(last), stamp: String::new() };
        let (store, source) = (&self.engine.store, self.source.name());
        let changed = match facts {
            Facts::Used(page) => {
                let mut events: Vec<UsageEvent> = page.buckets.into_iter().flat_map(|bucket| bucket.facts).collect();
                for event in &mut events {
                    event.key = format!("{};{}", report.item, event.key).into();
                }
                self.judge.events(&mut events);
                let replaces =
                    reported.iter().map(|day| format!("{};{};", report.item, from_epoch_day(*day))).collect();
                let batch = Batch { source, events, cursors: vec![cursor], replaces: Replaces::Days(replaces) };
                let now_ms = self.engine.clock.now().timestamp_millis();
                store.apply(batch, now_ms).await?.changed
            }
            Facts::Billed(page) => {
                let costs = page.buckets.into_iter().flat_map(|bucket| bucket.facts);
                let rows: Vec<BilledRow> = costs.map(|cost| billed(source, cost)).collect();
                store.apply_billed(source, &reported, &rows, &[cursor]).await?
            }
        };
        self.stored.fetch_add(changed, Ordering::Relaxed);
        Ok(())
    }
}

/// Makes a connector's request one of the HTTP client.
pub(in crate::sync) fn asked<'a>(api: &'a Api, request: &Request) -> http::Request<'a> {
    let asked = api.request(request.path);
    let asked = request.segments.iter().fold(asked, |asked, segment| asked.segment(segment));
    request.query.iter().fold(asked, |asked, (name, value)| asked.query(name, value))
}

/// Refuses an answer that tells of a day that was not asked for: it is the answer to another question.
fn check_days(feed: &'static str, days: impl IntoIterator<Item = i32>, asked: DaySpan) -> Result<(), FeedError> {
    match days.into_iter().find(|day| !asked.contains(*day)) {
        Some(stray) => {
            let problem = format!("it tells of {}, a day that was not asked for", from_epoch_day(stray));
            Err(FeedError { feed, problem })
        }
        None => Ok(()),
    }
}

/// The days a page speaks of, and the cursor of the next.
fn reported(facts: &Facts) -> (Vec<i32>, Option<String>) {
    match facts {
        Facts::Used(page) => (page.buckets.iter().map(|bucket| bucket.day).collect(), page.next.clone()),
        Facts::Billed(page) => (page.buckets.iter().map(|bucket| bucket.day).collect(), page.next.clone()),
    }
}

fn billed(source: &'static str, cost: BilledCost) -> BilledRow {
    BilledRow {
        source: source.into(),
        date: from_epoch_day(cost.day),
        origin: cost.origin,
        kind: cost.kind,
        model: cost.model.unwrap_or_default(),
        amount: cost.amount,
    }
}
