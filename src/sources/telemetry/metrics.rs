//! Metrics: `claude_code.token.usage` and `gen_ai.client.token.usage`, as sums or histograms, delta or cumulative.
//!
//! What they cost is computed from the tokens, like everything: the cost an agent estimates itself is not read. A metric
//! that counts something else is none of ours, and said so; one of ours in another shape is rejected in words.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::attributes::{Home, mixed, print, text};
use super::request::{Attribute, Metric, Point, Resource, Series, Shape};
use super::{MAX_TOKENS, METRICS, Metrics, Notes, instant};
use crate::model::{Basis, Reading, SessionTag, TokenKind, Tokens, UsageEvent, escaped, fingerprint};

const CLAUDE_CODE: &str = "claude_code.token.usage";
const GEN_AI: &str = "gen_ai.client.token.usage";
/// A fact gathers what one session used of one model within a quarter of an hour, which lies in one day of every zone.
const QUARTER_MS: i64 = 15 * 60 * 1000;

/// Reads a request; `now_ms` is what its times are held against.
pub(super) fn read(resources: &[Resource<'_, Metric<'_>>], now_ms: i64) -> Metrics {
    let mut reader = Reader { now_ms, ..Reader::default() };
    for resource in resources {
        let home = Home::of(&resource.attributes);
        for scope in &resource.scopes {
            let home = Home { print: home.print ^ mixed(fingerprint(scope.name.as_bytes())), ..home };
            for metric in &scope.items {
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

/// Returns whether the readings of a series are running totals; `None` when they count nothing.
fn is_cumulative(series: &Series<'_>) -> Option<Result<bool, &'static str>> {
    match series.shape {
        Shape::Sum if series.is_monotonic => {}
        Shape::Histogram | Shape::ExponentialHistogram => {}
        _ => return None,
    }
    Some(match series.temporality {
        1 => Ok(false),
        2 => Ok(true),
        _ => Err("it does not say whether it is delta or cumulative"),
    })
}

impl<'a> Reader<'a> {
    fn metric(&mut self, metric: &'a Metric<'_>, home: Home<'a>) {
        let points = metric.series.points.len() as u64;
        if ![CLAUDE_CODE, GEN_AI].contains(&metric.name.as_ref()) {
            if points > 0 {
                let name: String = metric.name.chars().filter(|letter| !letter.is_control()).take(60).collect();
                self.metrics.notes.ignored.add(|| name);
                self.metrics.notes.ignored.count += points - 1;
            }
            return;
        }
        let home = Home { print: home.print ^ mixed(fingerprint(metric.name.as_bytes()).rotate_left(7)), ..home };
        let Some(cumulative) = is_cumulative(&metric.series) else {
            self.reject(&metric.name, "it is not a sum that only grows, nor a histogram", points.max(1));
            return;
        };
        for point in &metric.series.points {
            if let Err(reason) = cumulative.and_then(|cumulative| self.reading(cumulative, point, home)) {
                self.reject(&metric.name, reason, 1);
            }
        }
    }

    fn reading(&mut self, cumulative: bool, point: &'a Point<'_>, home: Home<'a>) -> Result<(), &'static str> {
        let value = count(point.value)?;
        let at_ms = instant::of(point.time_ns, self.now_ms)?;
        let said = Said::of(&point.attributes, home)?;
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
    fn of(attributes: &'a [Attribute<'_>], home: Home<'a>) -> Result<Said<'a>, &'static str> {
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
            said.print = said.print.wrapping_add(print(attribute)?);
            let Some(text) = text(attribute) else { continue };
            match attribute.key.as_ref() {
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
        Ok(said)
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
