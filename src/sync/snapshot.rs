//! What every request is answered from: computed once, shared, never changed.
//!
//! Never reads anything: [`compute`](super::compute()) makes one of what is stored.

use std::borrow::Cow;
use std::sync::Arc;

use crate::analytics::{self, DayComparison, Facts, ProjectReport, UnpricedModel};
use crate::config::ConfigProblem;
use crate::model::{ActiveAlert, Alert, AlertRecord, Analytics, QualityEntry, Revision, SyncRun, Window, WindowStats};
use crate::sources::Source;

/// Everything requests are answered from: computed once, shared, never changed.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Grows by one with every publication.
    pub number: u64,
    pub analytics: Analytics,
    /// `analytics` as published, so that a request serialises nothing.
    pub analytics_json: Arc<str>,
    /// The projects beside their usage, by id.
    pub projects: Arc<[ProjectReport]>,
    /// `projects` as published.
    pub projects_json: Arc<str>,
    /// What is known of the code, by project and day: the last days, and the latest entry of every project.
    pub quality: Arc<[QualityEntry]>,
    /// What the numbers are computed from, of the last [`analytics::DAYS_KEPT`] days.
    pub facts: Facts,
    /// Estimate, usage and bill of the last 90 days, by provider, as they were before usage was counted once.
    pub comparisons: Vec<(Source, Vec<DayComparison>)>,
    /// Models without a price, and what was used of them in the last half year; the largest first.
    pub unpriced: Vec<UnpricedModel>,
    /// What telemetry tells of sessions that are counted from a better source.
    pub also_seen: Vec<AlsoSeen>,
    /// Days that became smaller when they were read again, latest first.
    pub revisions: Vec<Revision>,
    /// The last runs, latest first.
    pub runs: Vec<SyncRun>,
    pub problems: Vec<ConfigProblem>,
    /// What is fine in the configuration and yet worth knowing.
    pub notes: Vec<ConfigProblem>,
    /// What holds now, with what has become of it; the worst first.
    pub alerts: Arc<[ActiveAlert]>,
    /// The same as the rules found it.
    pub holding: Arc<[Alert]>,
    /// All that is remembered of alerts.
    pub remembered: Arc<[AlertRecord]>,
    /// Names the choices the numbers were computed with.
    pub choices: String,
    /// The state of the database all this was computed from.
    pub generation: i64,
    /// When a run last succeeded as a whole: its start, RFC 3339.
    pub last_success: Option<String>,
    /// Whether anything was ever read.
    pub has_data: bool,
    pub today: chrono::NaiveDate,
}

/// What a source tells of sessions that are counted from another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlsoSeen {
    pub source: Source,
    pub sessions: u64,
    pub tokens: u64,
}

impl Snapshot {
    /// Returns a project by its id.
    #[must_use]
    pub fn project(&self, id: &str) -> Option<&ProjectReport> {
        self.projects.iter().find(|project| project.id == id)
    }

    /// Returns what people call a project; the id of one that is not known.
    #[must_use]
    pub fn project_name(&self, id: &str) -> String {
        self.project(id).map_or(id, |project| &project.choices.name).to_owned()
    }

    /// Returns the facts narrowed to one project; all of them when there is no such project.
    #[must_use]
    pub fn facts_of(&self, project: Option<&str>) -> Cow<'_, Facts> {
        match project.and_then(|id| self.project(id)) {
            Some(project) => Cow::Owned(self.facts.narrowed(&project.id)),
            None => Cow::Borrowed(&self.facts),
        }
    }

    /// Returns the numbers of a window, narrowed to one project; those of all when there is no such project.
    #[must_use]
    pub fn window_of(&self, window: Window, project: Option<&str>) -> Cow<'_, WindowStats> {
        let known = project.filter(|id| self.project(id).is_some());
        match self.analytics.windows.get(window.key()) {
            Some(stats) if known.is_none() => Cow::Borrowed(stats),
            _ => {
                let range = window.range(self.today);
                Cow::Owned(analytics::window_stats(&self.facts_of(known), range, range.previous()))
            }
        }
    }
}

#[cfg(test)]
impl Snapshot {
    /// What is shown before anything was read, for tests to fill in.
    pub(crate) fn blank(today: chrono::NaiveDate) -> Snapshot {
        Snapshot {
            number: 0,
            analytics: Analytics::default(),
            analytics_json: "".into(),
            projects: [].into(),
            projects_json: "".into(),
            quality: [].into(),
            facts: Facts::none(),
            comparisons: Vec::new(),
            unpriced: Vec::new(),
            also_seen: Vec::new(),
            revisions: Vec::new(),
            runs: Vec::new(),
            problems: Vec::new(),
            notes: Vec::new(),
            alerts: [].into(),
            holding: [].into(),
            remembered: [].into(),
            choices: String::new(),
            generation: 0,
            last_success: None,
            has_data: false,
            today,
        }
    }
}
