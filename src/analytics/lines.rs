//! The rows of some days with numbers in place of names: a span is added up a dozen ways, and where a name has to be
//! searched for each time, a number is the place itself.
//!
//! Numbers of names follow the order of the names, and mean nothing beyond the [`Lines`] they belong to.

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::{Facts, SessionNumber};
use crate::model::{NO_CLIENT, RollupRow};

/// A row and the numbers of its names.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub row: &'a RollupRow,
    /// `None` for usage that belongs to no session.
    pub session: Option<SessionNumber>,
    pub model: u32,
    pub project: u32,
    pub origin: u32,
}

/// Who and what a session is from; there are few of these.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Origin {
    pub source: u32,
    pub machine: u32,
    pub member: u32,
}

/// Rows in the order of the facts, and the names of each kind by their numbers.
pub(super) struct Lines<'a> {
    pub lines: Vec<Line<'a>>,
    /// How many sessions there are.
    pub sessions: usize,
    pub origins: Vec<Origin>,
    /// The client of each project.
    pub client_of: Vec<u32>,
    pub models: Vec<&'a str>,
    pub projects: Vec<&'a str>,
    pub sources: Vec<&'a str>,
    pub clients: Vec<&'a str>,
    pub machines: Vec<&'a str>,
    pub members: Vec<&'a str>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(facts: &'a Facts, is_wanted: impl Fn(NaiveDate) -> bool) -> Lines<'a> {
        let mut numbers = Numbers::default();
        // Sessions are many: growing the table with them would take as long as filling it.
        numbers.sessions.reserve(facts.rows.len());
        let mut lines = Vec::with_capacity(facts.rows.len());
        lines.extend(facts.rows.iter().filter(|row| is_wanted(row.date)).map(|row| numbers.line(row, facts)));
        let (models, model) = numbers.models.sorted();
        let (projects, project) = numbers.projects.sorted();
        for line in &mut lines {
            line.model = model[line.model as usize];
            line.project = project[line.project as usize];
        }
        let (sources, source) = numbers.sources.sorted();
        let (machines, machine) = numbers.machines.sorted();
        let (members, member) = numbers.members.sorted();
        let origin = |origin: Origin| Origin {
            source: source[origin.source as usize],
            machine: machine[origin.machine as usize],
            member: member[origin.member as usize],
        };
        let origins = numbers.origins.into_iter().map(origin).collect();
        let mut clients = Names::default();
        let client = |project: &&'a str| facts.clients.get(*project).map_or(NO_CLIENT, String::as_str);
        let client_of: Vec<u32> = projects.iter().map(|project| clients.number(client(project))).collect();
        let (clients, client) = clients.sorted();
        let client_of = client_of.into_iter().map(|number| client[number as usize]).collect();
        let sessions = numbers.next_session.index();
        Lines { lines, sessions, origins, client_of, models, projects, sources, clients, machines, members }
    }
}

#[derive(Default)]
struct Numbers<'a> {
    models: Names<'a>,
    projects: Names<'a>,
    sources: Names<'a>,
    machines: Names<'a>,
    members: Names<'a>,
    folders: FxHashMap<&'a str, u32>,
    origins: Vec<Origin>,
    known_origins: FxHashMap<Origin, u32>,
    next_session: SessionNumber,
    /// By the source and the id, which is empty for usage without a session: the number and the origin.
    sessions: FxHashMap<(u32, &'a str), (Option<SessionNumber>, u32)>,
}

impl<'a> Numbers<'a> {
    fn line(&mut self, row: &'a RollupRow, facts: &'a Facts) -> Line<'a> {
        let source = self.sources.number(&row.source);
        let (session, origin) = *self.sessions.entry((source, &row.session)).or_insert_with(|| {
            let machine = self.machines.number(facts.machines.machine(row));
            let member = self.members.number(facts.machines.member(row));
            let origin = Origin { source, machine, member };
            let origin = *self.known_origins.entry(origin).or_insert_with(|| {
                self.origins.push(origin);
                count(&self.origins) - 1
            });
            ((!row.session.is_empty()).then(|| self.next_session.advance()), origin)
        });
        let project = *self.folders.entry(&row.project).or_insert_with(|| {
            let name = facts.names.name(&row.project);
            self.projects.number(name)
        });
        Line { row, session, model: self.models.number(&row.model), project, origin }
    }
}

/// Numbers names, in the order they come.
#[derive(Default)]
struct Names<'a> {
    names: Vec<&'a str>,
    found: FxHashMap<&'a str, u32>,
}

impl<'a> Names<'a> {
    fn number(&mut self, name: &'a str) -> u32 {
        *self.found.entry(name).or_insert_with(|| {
            self.names.push(name);
            count(&self.names) - 1
        })
    }

    /// Returns the names in their order, and the new number of each old one.
    fn sorted(self) -> (Vec<&'a str>, Vec<u32>) {
        let mut order: Vec<(&str, u32)> = self.names.into_iter().zip(0..).collect();
        order.sort_unstable();
        let mut places = vec![0; order.len()];
        for ((_, number), place) in order.iter().zip(0..) {
            places[*number as usize] = place;
        }
        (order.into_iter().map(|(name, _)| name).collect(), places)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "four thousand million of them do not fit into memory")]
fn count<T>(list: &[T]) -> u32 {
    list.len() as u32
}
