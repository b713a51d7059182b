//! Which machine usage is from, and who used it.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use crate::model::{Machine, NO_MACHINE, NO_MEMBER, RollupRow, SessionTag};

/// Names the machine and the person of a row.
#[derive(Clone, Debug, Default)]
pub struct Machines {
    /// By the source, for sessions nobody told of.
    by_source: HashMap<String, String>,
    /// By source and session: machine and person, each empty when it was not told.
    sessions: HashMap<String, FxHashMap<String, (String, String)>>,
}

impl Machines {
    /// `by_source` names the machine of sessions that nobody told of.
    #[must_use]
    pub fn new(by_source: HashMap<String, String>, machines: &[Machine], tags: Vec<SessionTag>) -> Machines {
        let known: HashMap<&str, &Machine> = machines.iter().map(|machine| (machine.id.as_str(), machine)).collect();
        let mut sessions: HashMap<String, FxHashMap<String, (String, String)>> = HashMap::new();
        for tag in tags {
            let machine = known.get(tag.machine.as_str());
            let name = machine.map_or(tag.host, |machine| machine.name.clone());
            // What a session says of its person goes before the person its machine belongs to.
            let of_machine = machine.map(|machine| machine.person.clone()).unwrap_or_default();
            let person = if tag.person.is_empty() { of_machine } else { tag.person };
            sessions.entry(tag.source).or_default().insert(tag.session, (name, person));
        }
        Machines { by_source, sessions }
    }

    fn told(&self, row: &RollupRow) -> Option<&(String, String)> {
        self.sessions.get(row.source.as_ref())?.get(row.session.as_ref())
    }

    /// Whether a machine or a service told of the row's session, rather than a log that lies here.
    #[must_use]
    pub fn is_told(&self, row: &RollupRow) -> bool {
        self.told(row).is_some_and(|(machine, _)| !machine.is_empty())
    }

    /// Returns the name of the machine a row is from.
    #[must_use]
    pub fn machine<'a>(&'a self, row: &'a RollupRow) -> &'a str {
        let told = self.told(row).map(|(machine, _)| machine.as_str()).filter(|machine| !machine.is_empty());
        told.or_else(|| self.by_source.get(row.source.as_ref()).map(String::as_str)).unwrap_or(NO_MACHINE)
    }

    /// Returns who used it.
    #[must_use]
    pub fn member<'a>(&'a self, row: &'a RollupRow) -> &'a str {
        let told = self.told(row).map(|(_, person)| person.as_str());
        told.filter(|person| !person.is_empty()).unwrap_or(NO_MEMBER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Spend;

    #[test]
    fn a_session_is_its_machines_and_its_persons_and_else_its_sources() {
        let machine = Machine { id: "m1".into(), name: "laptop".into(), person: "Ann".into(), ..Machine::default() };
        let tag = |session: &str, machine: &str, host: &str, person: &str| SessionTag {
            source: "claude_code".into(),
            session: session.into(),
            machine: machine.into(),
            host: host.into(),
            person: person.into(),
        };
        let by_source = [("claude_code".to_owned(), "hub".to_owned())].into();
        let tags =
            vec![tag("a", "m1", "", ""), tag("b", "m1", "", "Bob"), tag("c", "", "desk", ""), tag("d", "", "", "Eve")];
        let machines = Machines::new(by_source, &[machine], tags);
        let row = |source: &str, session: &str| RollupRow {
            source: source.into(),
            date: "2026-11-01".parse().expect("a date"),
            session: session.into(),
            project: "p".into(),
            model: "m".into(),
            spend: Spend::default(),
        };
        for (source, session, machine, member) in [
            ("claude_code", "a", "laptop", "Ann"),
            ("claude_code", "b", "laptop", "Bob"),
            ("claude_code", "c", "desk", NO_MEMBER),
            ("claude_code", "d", "hub", "Eve"),
            ("claude_code", "e", "hub", NO_MEMBER),
            ("anthropic", "a", NO_MACHINE, NO_MEMBER),
        ] {
            let row = row(source, session);
            assert_eq!((machines.machine(&row), machines.member(&row)), (machine, member), "{source} {session}");
        }
    }
}
