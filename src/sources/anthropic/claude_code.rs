//! The Claude Code analytics report: who did what with Claude Code on a day. Its costs are Anthropic's estimates, and
//! include what subscriptions used; they are for comparing people, never part of the spend.

use serde::Deserialize;

use super::text;
use crate::model::{PersonDay, Usd, from_epoch_day};
use crate::sources::provider::{Cents, Count, FeedError, Frame, Midnight, Name, Request, read, usd_only};

pub const FEED: &str = "Claude Code analytics";
/// The most records a page can hold.
const RECORDS_PER_PAGE: &str = "1000";

/// One page of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeoplePage {
    pub people: Vec<PersonDay>,
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct Record<'a> {
    date: Midnight,
    #[serde(borrow)]
    actor: Actor<'a>,
    #[serde(borrow)]
    customer_type: Option<Name<'a>>,
    #[serde(borrow)]
    terminal_type: Option<Name<'a>>,
    core_metrics: CoreMetrics,
    #[serde(borrow)]
    model_breakdown: Vec<ModelUse<'a>>,
}

#[derive(Deserialize)]
struct Actor<'a> {
    #[serde(borrow)]
    email_address: Option<Name<'a>>,
    #[serde(borrow)]
    api_key_name: Option<Name<'a>>,
}

#[derive(Deserialize)]
struct CoreMetrics {
    num_sessions: Count,
    lines_of_code: Lines,
    commits_by_claude_code: Count,
    pull_requests_by_claude_code: Count,
}

#[derive(Deserialize)]
struct Lines {
    added: Count,
    removed: Count,
}

#[derive(Deserialize)]
struct ModelUse<'a> {
    #[serde(borrow)]
    model: Name<'a>,
    tokens: ModelTokens,
    estimated_cost: EstimatedCost,
}

#[derive(Deserialize)]
struct ModelTokens {
    input: Count,
    output: Count,
    cache_read: Count,
    cache_creation: Count,
}

#[derive(Deserialize)]
struct EstimatedCost {
    #[serde(rename = "currency", deserialize_with = "usd_only")]
    _currency: (),
    amount: Cents,
}

/// Returns the request for one day; the report knows no spans.
#[must_use]
pub fn request(day: i32, page: Option<&str>) -> Request {
    let mut query = vec![("starting_at", from_epoch_day(day).to_string()), ("limit", RECORDS_PER_PAGE.to_owned())];
    query.extend(page.map(|cursor| ("page", cursor.to_owned())));
    Request::new("/v1/organizations/usage_report/claude_code", query)
}

/// Reads one page.
///
/// # Errors
/// When it is not the documented report, whole: the field that is missing or impossible is named.
pub fn parse(bytes: &[u8]) -> Result<PeoplePage, FeedError> {
    let answer: Frame<'_, Record<'_>> = read(FEED, bytes)?;
    let mut people = Vec::with_capacity(answer.data.len());
    for (at, record) in answer.data.iter().enumerate() {
        let (actor, is_key) = match (&record.actor.email_address, &record.actor.api_key_name) {
            (Some(person), _) => (person, false),
            (None, Some(key)) => (key, true),
            (None, None) => {
                let problem = format!("data[{at}].actor: neither email_address nor api_key_name is there");
                return Err(FeedError::new(FEED, problem));
            }
        };
        push(&mut people, record, actor, is_key);
    }
    Ok(PeoplePage { people, next: answer.next(FEED)? })
}

/// The report counts sessions, lines, commits and pull requests once for all models: they stand at the first model and
/// are zero at the others, so that sums are right. Without any model there is one entry, its model empty.
fn push(people: &mut Vec<PersonDay>, record: &Record<'_>, actor: &str, is_key: bool) {
    let metrics = &record.core_metrics;
    let first = people.len();
    let nothing = PersonDay {
        date: from_epoch_day(record.date.0),
        actor: actor.to_owned(),
        is_key,
        customer_type: text(&record.customer_type).to_owned(),
        terminal: text(&record.terminal_type).to_owned(),
        model: String::new(),
        tokens_in: 0,
        tokens_out: 0,
        cost: Usd::ZERO,
        sessions: 0,
        lines_added: 0,
        lines_removed: 0,
        commits: 0,
        pull_requests: 0,
    };
    people.extend(record.model_breakdown.iter().map(|used| {
        PersonDay {
            model: used.model.to_string(),
            tokens_in: [used.tokens.input, used.tokens.cache_creation, used.tokens.cache_read]
                .iter()
                .fold(0, |sum, count| sum.saturating_add(count.0)),
            tokens_out: used.tokens.output.0,
            cost: used.estimated_cost.amount.0,
            ..nothing.clone()
        }
    }));
    if people.len() == first {
        people.push(nothing);
    }
    if let Some(person) = people.get_mut(first) {
        person.sessions = metrics.num_sessions.0;
        person.lines_added = metrics.lines_of_code.added.0;
        person.lines_removed = metrics.lines_of_code.removed.0;
        person.commits = metrics.commits_by_claude_code.0;
        person.pull_requests = metrics.pull_requests_by_claude_code.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::provider::testing::{edited, refused};

    const FIXTURE: &str = include_str!("fixtures/claude_code.json");

    #[test]
    fn people_and_keys_are_told_apart_and_counted_once() {
        let page = parse(FIXTURE.as_bytes()).expect("parses");
        let lines: Vec<String> = page
            .people
            .iter()
            .map(|person| {
                let PersonDay {
                    date, actor, is_key, customer_type, terminal, model, tokens_in, tokens_out, cost, ..
                } = person;
                let done =
                    [person.sessions, person.lines_added, person.lines_removed, person.commits, person.pull_requests];
                let used = format!("{model} {tokens_in} {tokens_out} {}", cost.pico());
                format!("{date} {actor} {is_key} {customer_type} {terminal} {used} {done:?}")
            })
            .collect();
        assert_eq!(
            lines,
            [
                "2026-11-01 dev@example.com false api vscode claude-opus-5-5 115000 35000 10250000000000 \
                 [5, 1543, 892, 12, 2]",
                "2026-11-01 dev@example.com false api vscode claude-haiku-5-5 2000 100 10000000000 [0, 0, 0, 0, 0]",
                "2026-11-01 ci true subscription non-interactive  0 0 0 [1, 0, 0, 0, 0]",
            ]
        );
    }

    #[test]
    fn what_is_not_the_report_is_refused_and_named() {
        let check = |find: &str, with: &str, named: &str| {
            refused(parse(edited(FIXTURE, find, with).as_bytes()), FEED, named);
        };
        check(r#", "email_address": "dev@example.com""#, "", "data[0].actor: neither email_address nor api_key_name");
        check(
            r#""amount": 1025"#,
            r#""cents": 1025"#,
            "data[0].model_breakdown[0].estimated_cost: missing field `amount`",
        );
        check(r#""input": 100000, "#, "", "data[0].model_breakdown[0].tokens: missing field `input`");
        check(r#""num_sessions": 5"#, r#""num_sessions": -5"#, "data[0].core_metrics.num_sessions: invalid value");
        check(r#""has_more": false"#, r#""has_more": true"#, "has_more is true, and next_page is missing");
    }

    #[test]
    fn a_request_asks_for_one_day() {
        let request = request(20_758, None);
        assert_eq!(request.query, [("starting_at", "2026-11-01".to_owned()), ("limit", "1000".to_owned())]);
    }
}
