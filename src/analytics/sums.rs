//! Everything a span adds up to, in one pass over its lines.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::Tally;
use super::lines::{Line, Lines};
use crate::model::{Breakdown, DateRange, DaySpend, RollupRow, Spend, Usd};

/// The sums of a span.
pub(super) struct Sums<'a> {
    pub total: Tally<'a>,
    pub model: Group<'a>,
    pub project: Group<'a>,
    pub source: Group<'a>,
    pub client: Group<'a>,
    pub machine: Group<'a>,
    pub member: Group<'a>,
    days: Days,
}

impl<'a> Sums<'a> {
    pub(super) fn of(lines: &'a Lines<'a>, range: DateRange) -> Sums<'a> {
        let mut sums = Sums {
            total: Tally::default(),
            model: Group::new(&lines.models),
            project: Group::new(&lines.projects),
            source: Group::new(&lines.sources),
            client: Group::new(&lines.clients),
            machine: Group::new(&lines.machines),
            member: Group::new(&lines.members),
            days: Days::of(lines, range),
        };
        let mut origins: Vec<Option<Tally<'a>>> = lines.origins.iter().map(|_| None).collect();
        for line in lines.lines.iter().filter(|line| range.contains(line.row.date)) {
            sums.model.of(line.model).add(line.row, line.session);
            sums.project.of(line.project).add(line.row, line.session);
            origins[line.origin as usize].get_or_insert_default().add(line.row, line.session);
            sums.days.add(line, lines.origins[line.origin as usize].source);
        }
        // What follows from the origin, or from the project, is added up from these.
        for (origin, tally) in lines.origins.iter().zip(origins).filter_map(|(origin, tally)| Some((origin, tally?))) {
            sums.total.add_all(&tally);
            sums.source.of(origin.source).add_all(&tally);
            sums.machine.of(origin.machine).add_all(&tally);
            sums.member.of(origin.member).add_all(&tally);
        }
        for (client, tally) in lines.client_of.iter().zip(&sums.project.tallies) {
            if let Some(tally) = tally {
                sums.client.of(*client).add_all(tally);
            }
        }
        sums
    }

    /// Every day of the span; one without usage is nothing, not unknown.
    pub(super) fn daily(&self) -> Vec<DaySpend> {
        self.days.range.iter().zip(&self.days.days).map(|(date, day)| self.days.spend(date, day.as_ref())).collect()
    }
}

/// Sums by one kind of name.
pub(super) struct Group<'a> {
    names: &'a [&'a str],
    tallies: Vec<Option<Tally<'a>>>,
}

impl<'a> Group<'a> {
    fn new(names: &'a [&'a str]) -> Group<'a> {
        Group { names, tallies: names.iter().map(|_| None).collect() }
    }

    fn of(&mut self, number: u32) -> &mut Tally<'a> {
        self.tallies[number as usize].get_or_insert_default()
    }

    pub(super) fn breakdowns(&self) -> BTreeMap<String, Breakdown> {
        let known = self.names.iter().zip(&self.tallies);
        known.filter_map(|(name, tally)| Some(((*name).to_owned(), tally.as_ref()?.breakdown()))).collect()
    }
}

struct Days {
    range: DateRange,
    days: Vec<Option<Day>>,
    models: Vec<Arc<str>>,
    projects: Vec<Arc<str>>,
    sources: Vec<Arc<str>>,
}

/// What a day's costs are made of; nobody asks for its sessions.
struct Day {
    total: Spend,
    model: Vec<Option<Cost>>,
    project: Vec<Option<Cost>>,
    source: Vec<Option<Cost>>,
}

impl Days {
    fn of(lines: &Lines<'_>, range: DateRange) -> Days {
        let shared = |names: &[&str]| names.iter().map(|name| Arc::from(*name)).collect();
        let [models, projects, sources] = [&lines.models, &lines.projects, &lines.sources].map(|names| shared(names));
        Days { range, days: range.iter().map(|_| None).collect(), models, projects, sources }
    }

    fn add(&mut self, line: &Line<'_>, source: u32) {
        let at = usize::try_from((line.row.date - self.range.from).num_days()).unwrap_or(usize::MAX);
        let Some(day) = self.days.get_mut(at) else { return };
        let day = day.get_or_insert_with(|| Day {
            total: Spend::default(),
            model: vec![None; self.models.len()],
            project: vec![None; self.projects.len()],
            source: vec![None; self.sources.len()],
        });
        day.total += &line.row.spend;
        for (costs, number) in
            [(&mut day.model, line.model), (&mut day.project, line.project), (&mut day.source, source)]
        {
            costs[number as usize].get_or_insert_default().add(line.row);
        }
    }

    fn spend(&self, date: NaiveDate, day: Option<&Day>) -> DaySpend {
        let Some(day) = day else {
            return DaySpend { date, cost: Some(Usd::ZERO), ..DaySpend::default() };
        };
        DaySpend {
            date,
            cost: day.total.cost(),
            tokens_in: day.total.tokens.tokens_in(),
            tokens_out: day.total.tokens.output,
            tokens: day.total.tokens,
            by_model: costs(&self.models, &day.model),
            by_project: costs(&self.projects, &day.project),
            by_source: costs(&self.sources, &day.source),
        }
    }
}

fn costs(names: &[Arc<str>], costs: &[Option<Cost>]) -> BTreeMap<Arc<str>, Option<Usd>> {
    let known = names.iter().zip(costs);
    known.filter_map(|(name, cost)| Some((Arc::clone(name), cost.as_ref()?.known()))).collect()
}

/// What of a [`Spend`] says what it cost: there are many of these, and nothing else of them is asked for.
#[derive(Clone, Default)]
struct Cost {
    amount: Usd,
    messages: u64,
    unpriced: u64,
}

impl Cost {
    fn add(&mut self, row: &RollupRow) {
        self.amount += row.spend.known_cost();
        self.messages = self.messages.saturating_add(row.spend.messages);
        self.unpriced = self.unpriced.saturating_add(row.spend.unpriced_messages);
    }

    /// As [`Spend::cost`].
    fn known(&self) -> Option<Usd> {
        (self.unpriced == 0 || self.unpriced < self.messages).then_some(self.amount)
    }
}
