//! `GET /api/export/…`: tables to take away. Usage is streamed a month at a time, so that years of it need no more memory
//! than a month; what the snapshot holds is written at once.

pub(super) mod contacts;
pub(super) mod orders;

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use futures::stream;
use serde_json::json;

use super::{App, require};
use crate::analytics::report;
use crate::error::AppError;
use crate::export::focus::{FOCUS, Seller, Terms, focus_rows};
use crate::export::{
    Cell, Format, PRICES, PROJECTS, QUALITY, RUNS, Request, Sheet, USAGE, price_rows, project_row, quality_row,
    run_rows, sums, usage_row,
};
use crate::model::{DateRange, Role, RollupRow};
use crate::pricing::PriceTable;
use crate::sources::Source;
use crate::sync::{Counted, Snapshot, sellers};

type Asked = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// `GET /api/export/{file}`: `usage`, `quality`, `projects`, `prices` and `sync`, each as `.csv` and `.json`, and
/// `focus.csv`.
pub(super) async fn export(
    State(app): State<App>,
    Path(file): Path<String>,
    query: Asked,
) -> Result<Response, AppError> {
    require(Role::Viewer)?;
    let (table, format) = match file.rsplit_once('.') {
        Some((table, "csv")) => (table, Format::Csv),
        Some((table, "json")) => (table, Format::Json),
        _ => return Err(AppError::NotFound),
    };
    let Ok(Query(query)) = query else { return Ok(refused(vec!["the query cannot be read".to_owned()])) };
    let request = match Request::parse(&query, &Source::ALL.map(Source::name)) {
        Ok(request) => request,
        Err(details) => return Ok(refused(details)),
    };
    match (table, format) {
        ("usage", _) => usage(&app, request, Table::Usage(format)).await,
        ("focus", Format::Csv) if request.by.is_some() => {
            Ok(refused(vec!["FOCUS has rows of its own: leave out by".to_owned()]))
        }
        ("focus", Format::Csv) => usage(&app, request, Table::Focus).await,
        _ => of_snapshot(&app, table, format, request.project.as_deref()),
    }
}

fn refused(details: Vec<String>) -> Response {
    let error = "Nothing was exported: see the details.";
    (StatusCode::BAD_REQUEST, Json(json!({"error": error, "details": details}))).into_response()
}

/// A table of usage.
#[derive(Clone, Copy)]
enum Table {
    Usage(Format),
    Focus,
}

async fn usage(app: &App, request: Request, table: Table) -> Result<Response, AppError> {
    let engine = &app.engine;
    let (config, now) = (engine.config.current(), engine.clock.now());
    if let Err(problem) = request.days.range(config.zone.date(now)) {
        return Ok(refused(vec![problem]));
    }
    let (by, project) = (request.by, request.project.clone());
    let Some(counted) = Counted::open(&engine.store, config.clone(), request, now).await? else {
        let id: String = project.unwrap_or_default().chars().filter(|letter| !letter.is_control()).take(60).collect();
        return Ok(refused(vec![format!("no project has the id {id}")]));
    };
    let DateRange { from, to } = counted.range;
    let zone = config.zone.to_string();
    if let (Some(by), Table::Usage(format)) = (by, table) {
        let rows = counted.all_rows().await?;
        let report = report(&rows, &counted.labels, counted.range, by, &zone, instant(now));
        let mut out = Vec::new();
        match format {
            Format::Json => serde_json::to_writer(&mut out, &report).map_err(anyhow::Error::from)?,
            Format::Csv => sums(&mut out, &report).map_err(anyhow::Error::from)?,
        }
        return Ok(file(&format!("usage-by-{}-{from}-{to}", by.name()), format, Body::from(out)));
    }
    let (format, columns, name) = match table {
        Table::Usage(format) => (format, USAGE, "usage"),
        Table::Focus => (Format::Csv, FOCUS, "focus"),
    };
    let head = [("generatedAt", instant(now)), ("from", from.to_string()), ("to", to.to_string()), ("timezone", zone)];
    let writing = Writing {
        pieces: counted.pieces().into_iter(),
        counted: Arc::new(counted),
        prices: config.prices.clone(),
        sellers: sellers(&config).into(),
        sheet: Sheet::new(format, columns),
        table,
        head,
        place: Place::Begin,
    };
    let body = Body::from_stream(stream::try_unfold(writing, |writing| async move {
        // Half a file must not look like a whole one: the connection is cut, and the log says why.
        let next = writing.next().await;
        next.inspect_err(|error| tracing::error!(error = format!("{error:#}"), "an export broke off: {error:#}"))
    }));
    Ok(file(&format!("{name}-{from}-{to}"), format, body))
}

fn instant(now: DateTime<Utc>) -> String {
    now.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[derive(Clone, Copy)]
enum Place {
    Begin,
    Rows,
    Done,
}

/// A table of usage that is being sent.
struct Writing {
    pieces: std::vec::IntoIter<DateRange>,
    counted: Arc<Counted>,
    prices: Arc<PriceTable>,
    sellers: Arc<[Seller]>,
    sheet: Sheet,
    table: Table,
    head: [(&'static str, String); 4],
    place: Place,
}

impl Writing {
    /// Writes the next piece; `None` after the last.
    async fn next(mut self) -> anyhow::Result<Option<(Bytes, Writing)>> {
        let mut out = Vec::new();
        match self.place {
            Place::Done => return Ok(None),
            Place::Begin => {
                let head: Vec<(&str, &str)> = self.head.iter().map(|(name, text)| (*name, text.as_str())).collect();
                self.sheet.begin(&mut out, &head)?;
                self.place = Place::Rows;
            }
            Place::Rows => match self.pieces.next() {
                Some(piece) => {
                    let rows = self.counted.rows(piece).await?;
                    let written = tokio::task::spawn_blocking(move || {
                        self.write(&mut out, &rows)?;
                        anyhow::Ok((self, out))
                    });
                    (self, out) = written.await??;
                }
                None => {
                    self.sheet.end(&mut out)?;
                    self.place = Place::Done;
                }
            },
        }
        Ok(Some((out.into(), self)))
    }

    fn write(&mut self, out: &mut Vec<u8>, rows: &[RollupRow]) -> std::io::Result<()> {
        let labels = &self.counted.labels;
        match self.table {
            Table::Usage(_) => self.sheet.rows(out, rows.iter().map(|row| usage_row(row, labels))),
            Table::Focus => {
                let terms = Terms { labels, prices: &self.prices, sellers: &self.sellers };
                self.sheet.rows(out, rows.iter().flat_map(|row| focus_rows(row, &terms)))
            }
        }
    }
}

/// Writes a table whose rows are in memory, narrowed to one project where that means something.
fn of_snapshot(app: &App, table: &str, format: Format, project: Option<&str>) -> Result<Response, AppError> {
    let snapshot: Arc<Snapshot> = app.engine.snapshot();
    if let Some(id) = project.filter(|id| snapshot.project(id).is_none()) {
        let id: String = id.chars().filter(|letter| !letter.is_control()).take(60).collect();
        return Ok(refused(vec![format!("no project has the id {id}")]));
    }
    let wanted = |id: &str| project.is_none_or(|project| project == id);
    let mut out = Vec::new();
    let at = snapshot.analytics.generated_at.as_str();
    let head = [("generatedAt", at)];
    let mut put = |columns, rows: Vec<Vec<Cell<'_>>>| whole(&mut out, Sheet::new(format, columns), &head, rows);
    let written = match table {
        "quality" => {
            put(QUALITY, snapshot.quality.iter().filter(|entry| wanted(&entry.project)).map(quality_row).collect())
        }
        "projects" => put(PROJECTS, snapshot.projects.iter().filter(|of| wanted(&of.id)).map(project_row).collect()),
        "sync" => put(RUNS, snapshot.runs.iter().flat_map(run_rows).collect()),
        "prices" => {
            let config = app.engine.config.current();
            let rows = config.prices.in_force(app.engine.clock.now().date_naive());
            put(PRICES, rows.into_iter().flat_map(price_rows).collect())
        }
        _ => return Err(AppError::NotFound),
    };
    written.map_err(anyhow::Error::from)?;
    Ok(file(&format!("{table}-{}", snapshot.today), format, Body::from(out)))
}

fn whole<'a>(
    out: &mut Vec<u8>,
    mut sheet: Sheet,
    head: &[(&str, &str)],
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
) -> std::io::Result<()> {
    sheet.begin(out, head)?;
    sheet.rows(out, rows)?;
    sheet.end(out)
}

/// An answer that a browser saves. `name` is made of our own words and dates.
fn file(name: &str, format: Format, body: Body) -> Response {
    let (kind, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
        Format::Json => ("application/json", "json"),
    };
    let disposition = format!("attachment; filename=\"allclear-{name}.{ending}\"");
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], body).into_response()
}
