//! Who used an agent, added up as its provider reports it. For comparing: it is in no total.

use std::collections::BTreeMap;

use super::Facts;
use crate::model::{Breakdown, DateRange, Usd};

/// Returns what each person or key used in a span. The provider's days are in UTC.
pub(super) fn by_person(facts: &Facts, range: DateRange) -> BTreeMap<String, Breakdown> {
    let mut people: BTreeMap<String, Breakdown> = BTreeMap::new();
    for day in facts.people.iter().filter(|day| range.contains(day.date)) {
        let person = people.entry(day.actor.clone()).or_default();
        person.cost = Some(person.cost.unwrap_or(Usd::ZERO) + day.cost);
        person.tokens_in = person.tokens_in.saturating_add(day.tokens_in);
        person.tokens_out = person.tokens_out.saturating_add(day.tokens_out);
        person.sessions = person.sessions.saturating_add(day.sessions);
    }
    people
}
