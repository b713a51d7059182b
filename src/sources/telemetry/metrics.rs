//! Metrics: `claude_code.token.usage` and `gen_ai.client.token.usage`, as sums or histograms, delta or cumulative.
//!
//! What they cost is computed from the tokens, like everything: the cost an agent estimates itself is not read. A metric
//! that counts something else is none of ours, and said so; one of ours in another shape is rejected in words.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, Metric};
use rustc_hash::FxHashMap;

use super::attributes::{Home, mixed, print, text};
use super::{MAX_TOKENS, METRICS, Metrics, Notes, instant};
use crate::model::{Basis, Reading, SessionTag, TokenKind, Tokens, UsageEvent, escaped, fingerprint};

const CLAUDE_CODE: &str = "claude_code.token.usage";
const GEN_AI: &str = "gen_ai.client.token.usage";
/// A fact gathers what one session used of one model within a quarter of an hour, which lies in one day of every zone.
const QUARTER_MS: i64 = 15 * 60 * 1000;

/// Reads a request; `now_ms` is what its times are held against.
pub(super) fn read(request: &ExportMetricsServiceRequest, now_ms: i64) -> Metrics {
    let mut reader = Reader { now_ms, ..Reader::default() };
    for resource in &request.resource_metrics {
        let home = Home::of(resource.resource.as_ref());
        for scope in &resource.scope_metrics {
            let name = scope.scope.as_ref().map_or("", |scope| scope.name.as_str());
            let home = Home { print: home.print ^ mixed(fingerprint(name.as_bytes())), ..home };
            for metric in &scope.metrics {
                reader.metric(metric, home);
            }
        }
    }
    reader.into_metrics()
}

/// Where a reading belongs: session, project, model, modifiers, and the quarter of an hour.
type Place<'a> = ([&'a str; 4], i64);

#[derive(Default)]
struct Reader<'a> {
    now_ms: i64,
    metrics: Metrics,
    places: FxHashMap<Place<'a>, usize>,
    tags: BTreeMap<&'a str, SessionTag>,
}

/// A data point of any shape.
struct Point<'a> {
    attributes: &'a [KeyValue],
    start_ns: u64,
    time_ns: u64,
    value: Option<f64>,
}

impl<'a> Point<'a> {
    /// Returns the points of a metric that counts, and how they are related in time.
    fn all(metric: &'a Metric) -> Option<(i32, Vec<Point<'a>>)> {
        Some(match metric.data.as_ref()? {
            Data::Sum(sum) if sum.is_monotonic => {
                let points = sum.data_points.iter();
                let points = points.map(|at| {
                    Point::at(&at.attributes, at.start_time_unix_nano, at.time_unix_nano, at.value.map(number))
                });
                (sum.aggregation_temporality, points.collect())
            }
            Data::Histogram(histogram) => {
                let points = histogram.data_points.iter();
                let points =
                    points.map(|at| Point::at(&at.attributes, at.start_time_unix_nano, at.time_unix_nano, at.sum));
                (histogram.aggregation_temporality, points.collect())
            }
            Data::ExponentialHistogram(histogram) => {
                let points = histogram.data_points.iter();
                let points =
                    points.map(|at| Point::at(&at.attributes, at.start_time_unix_nano, at.time_unix_nano, at.sum));
                (histogram.aggregation_temporality, points.collect())
            }
            _ => return None,
        })
    }

    fn at(attributes: &'a [KeyValue], start_ns: u64, time_ns: u64, value: Option<f64>) -> Point<'a> {
        Point { attributes, start_ns, time_ns, value }
    }
}

fn number(value: Value) -> f64 {
    match value {
        Value::AsDouble(value) => value,
        #[expect(clippy::cast_precision_loss, reason = "counts beyond 2^53 are refused")]
        Value::AsInt(value) => value as f64,
    }
}

impl<'a> Reader<'a> {
    fn metric(&mut self, metric: &'a Metric, home: Home<'a>) {
        if ![CLAUDE_CODE, GEN_AI].contains(&metric.name.as_str()) {
            let points = points_in(metric);
            if points > 0 {
                let name: String = metric.name.chars().filter(|letter| !letter.is_control()).take(60).collect();
                self.metrics.notes.ignored.add(|| name);
                self.metrics.notes.ignored.count += points - 1;
            }
            return;
        }
        let home = Home { print: home.print ^ mixed(fingerprint(metric.name.as_bytes()).rotate_left(7)), ..home };
        let Some((temporality, points)) = Point::all(metric) else {
            let reason = "it is not a sum that only grows, nor a histogram";
            self.reject(&metric.name, reason, points_in(metric).max(1));
            return;
        };
        for point in &points {
            if let Err(reason) = self.reading(temporality, point, home) {
                self.reject(&metric.name, reason, 1);
            }
        }
    }

    fn reading(&mut self, temporality: i32, point: &Point<'a>, home: Home<'a>) -> Result<(), &'static str> {
        let cumulative = match AggregationTemporality::try_from(temporality) {
            Ok(AggregationTemporality::Delta) => false,
            Ok(AggregationTemporality::Cumulative) => true,
            _ => return Err("it does not say whether it is delta or cumulative"),
        };
        let value = count(point.value)?;
        let at_ms = instant::of(point.time_ns, self.now_ms)?;
        let said = Said::of(point.attributes, home);
        let kind = said.kind.ok_or("its type is not one of input, output, cacheRead, cacheCreation")?;
        let model = if said.model.is_empty() { "unknown" } else { said.model };
        let fact = self.fact([said.session, said.project, model, said.modifiers], at_ms);
        self.tag(&said, home);
        let ns = |ns: u64| i64::try_from(ns).unwrap_or(i64::MAX);
        self.metrics.readings.readings.push(Reading {
            series: i64::from_ne_bytes(mixed(said.print).to_ne_bytes()),
            start_ns: ns(point.start_ns),
            time_ns: ns(point.time_ns),
            cumulative,
            kind,
            value,
            fact,
        });
        Ok(())
    }

    /// The place of the fact a reading adds to.
    fn fact(&mut self, names: [&'a str; 4], at_ms: i64) -> usize {
        let quarter = at_ms.div_euclid(QUARTER_MS);
        let facts = &mut self.metrics.readings.facts;
        *self.places.entry((names, quarter)).or_insert_with(|| {
            let [session, project, model, modifiers] = names;
            let parts = names.map(escaped);
            facts.push(UsageEvent {
                key: format!("{}@{quarter}", parts.join("@")).into(),
                at_ms: quarter * QUARTER_MS,
                day: 0,
                session: session.into(),
                project: project.into(),
                model: model.into(),
                tokens: Tokens::default(),
                web_searches: 0,
                modifiers: modifiers.into(),
                cost: None,
                basis: Basis::Unpriced,
            });
            facts.len() - 1
        })
    }

    fn tag(&mut self, said: &Said<'a>, home: Home<'a>) {
        if said.session.is_empty() || (home.host.is_empty() && said.person.is_empty()) {
            return;
        }
        let tag = self.tags.entry(said.session).or_insert_with(|| SessionTag {
            source: METRICS.to_owned(),
            session: said.session.to_owned(),
            host: home.host.to_owned(),
            ..SessionTag::default()
        });
        if tag.person.is_empty() {
            said.person.clone_into(&mut tag.person);
        }
    }

    fn reject(&mut self, name: &str, reason: &str, points: u64) {
        let rejected = &mut self.metrics.notes.rejected;
        rejected.add(|| format!("{name}: {reason}"));
        rejected.count += points - 1;
    }

    fn into_metrics(self) -> Metrics {
        let tags = self.tags.into_values().collect();
        let notes = Notes { tags, ..self.metrics.notes };
        Metrics { notes, ..self.metrics }
    }
}

/// What the attributes of a reading say.
struct Said<'a> {
    print: u64,
    kind: Option<TokenKind>,
    session: &'a str,
    project: &'a str,
    model: &'a str,
    modifiers: &'static str,
    person: &'a str,
}

impl<'a> Said<'a> {
    fn of(attributes: &'a [KeyValue], home: Home<'a>) -> Said<'a> {
        let mut said = Said {
            print: home.print,
            kind: None,
            session: "",
            // A program that is no agent is its own project.
            project: if home.project.is_empty() && home.service != "claude-code" { home.service } else { home.project },
            model: "",
            modifiers: "sum",
            person: home.person,
        };
        for attribute in attributes {
            said.print = said.print.wrapping_add(print(attribute));
            let Some(text) = text(attribute) else { continue };
            match attribute.key.as_str() {
                "type" | "gen_ai.token.type" => said.kind = kind(text),
                "session.id" | "gen_ai.conversation.id" => said.session = text,
                "model" | "gen_ai.response.model" => said.model = text,
                "gen_ai.request.model" if said.model.is_empty() => said.model = text,
                "speed" if text == "fast" => said.modifiers = "fast+sum",
                "user.email" => said.person = text,
                "user.account_uuid" | "user.id" if said.person.is_empty() => said.person = text,
                _ => {}
            }
        }
        said
    }
}

fn kind(name: &str) -> Option<TokenKind> {
    Some(match name {
        "input" => TokenKind::Input,
        "output" => TokenKind::Output,
        "cacheRead" | "cache_read" => TokenKind::CacheRead,
        "cacheCreation" | "cache_creation" => TokenKind::CacheWrite,
        _ => return None,
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
fn count(value: Option<f64>) -> Result<u64, &'static str> {
    let value = value.ok_or("it has no value that can be read")?;
    if !value.is_finite() || value < 0.0 {
        return Err("its value is no count");
    }
    #[expect(clippy::cast_precision_loss, reason = "it is far below 2^53")]
    if value > MAX_TOKENS as f64 {
        return Err("its value is too large to be real");
    }
    Ok(value.round() as u64)
}

fn points_in(metric: &Metric) -> u64 {
    (match &metric.data {
        Some(Data::Gauge(gauge)) => gauge.data_points.len(),
        Some(Data::Sum(sum)) => sum.data_points.len(),
        Some(Data::Histogram(histogram)) => histogram.data_points.len(),
        Some(Data::ExponentialHistogram(histogram)) => histogram.data_points.len(),
        Some(Data::Summary(summary)) => summary.data_points.len(),
        None => 0,
    }) as u64
}
