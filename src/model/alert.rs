//! An alert: what is wrong, how badly, since when, and where to look.

use serde::{Deserialize, Serialize};

use super::{Moment, Scope};

/// What kind of rule an alert comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlertType {
    /// A part of the budget of all spend in a month is used.
    #[default]
    Global,
    /// A project's monthly limit, or a part of a project's budget, is used.
    Project,
    /// A part of another budget is used.
    Budget,
    Forecast,
    Spike,
    StaleSource,
    QualityDrop,
    UnpricedModel,
    /// No alert: a span of days in words.
    Digest,
    /// The orders of a client could not be read for a while.
    OrderSync,
}

impl AlertType {
    /// Whether it is about a budget.
    #[must_use]
    pub const fn is_budget(self) -> bool {
        matches!(self, AlertType::Global | AlertType::Project | AlertType::Budget | AlertType::Forecast)
    }

    /// Whether it has no period of its own: its key is always the same, and what comes back after it had ended is another
    /// trouble.
    #[must_use]
    pub const fn comes_back(self) -> bool {
        matches!(self, AlertType::StaleSource | AlertType::OrderSync | AlertType::UnpricedModel)
    }

    /// What a message about several of them is called.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            AlertType::Global | AlertType::Project | AlertType::Budget => "budget alerts",
            AlertType::Forecast => "budgets on course to be crossed",
            AlertType::Spike => "days far dearer than usual",
            AlertType::StaleSource => "sources without fresh data",
            AlertType::QualityDrop => "projects whose quality dropped",
            AlertType::UnpricedModel => "models without a price",
            AlertType::Digest => "digests",
            AlertType::OrderSync => "clients whose orders are not synced",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertLevel {
    #[default]
    Warning,
    Critical,
}

impl AlertLevel {
    /// The colour of its dot.
    #[must_use]
    pub const fn dot(self) -> &'static str {
        match self {
            AlertLevel::Warning => "warn",
            AlertLevel::Critical => "bad",
        }
    }

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            AlertLevel::Warning => "Warning",
            AlertLevel::Critical => "Critical",
        }
    }
}

/// What a rule found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// The same as long as it is the same news: rule, scope, threshold and period, `global-90@2026-11`.
    pub alert_key: String,
    #[serde(rename = "type")]
    pub kind: AlertType,
    pub level: AlertLevel,
    /// One sentence.
    pub message: String,
    /// What else there is to know; may be empty.
    #[serde(default)]
    pub detail: String,
    pub scope: Scope,
    /// The project's name, when it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_name: Option<String>,
    /// `2026-11`, `2026-W47`, a day, or the moment it began.
    pub period: String,
    /// The page that shows more.
    pub href: String,
    /// What it was judged by, such as the budget's amount: another basis makes it news again.
    #[serde(default)]
    pub basis: String,
}

/// What has become of an alert.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    #[default]
    Raised,
    /// Somebody has seen it and takes care.
    Acknowledged,
    /// It is over.
    Resolved,
}

impl AlertState {
    pub const ALL: [AlertState; 3] = [AlertState::Raised, AlertState::Acknowledged, AlertState::Resolved];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            AlertState::Raised => "raised",
            AlertState::Acknowledged => "acknowledged",
            AlertState::Resolved => "resolved",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<AlertState> {
        AlertState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// An alert with what has become of it, as it is remembered. Times are in milliseconds since 1970 UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertRecord {
    pub alert: Alert,
    pub state: AlertState,
    pub raised_ms: i64,
    pub acknowledged_ms: Option<i64>,
    pub resolved_ms: Option<i64>,
    /// Nothing is said of it until then.
    pub snoozed_until_ms: Option<i64>,
    /// When it became critical because nobody acknowledged it.
    pub escalated_ms: Option<i64>,
    /// When it was last given to the channels; `None` before the first time. Whether it has to be given again is told by
    /// what came after.
    pub notified_ms: Option<i64>,
}

/// An alert that holds now, with its state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveAlert {
    #[serde(flatten)]
    pub alert: Alert,
    pub state: AlertState,
    /// RFC 3339; `None` until a run has noted it.
    pub raised_at: Option<String>,
    pub acknowledged_at: Option<String>,
    pub snoozed_until: Option<String>,
}

impl AlertRecord {
    /// Whether somebody was told since it was raised, and so has to hear of its end.
    #[must_use]
    pub fn was_told(&self) -> bool {
        self.notified_ms.is_some_and(|told| !self.alert.kind.comes_back() || told >= self.raised_ms)
    }
}

impl ActiveAlert {
    /// Returns what waits for somebody, of alerts that come the worst first: of a budget the worst threshold speaks for
    /// those below it.
    pub fn waiting(alerts: &[ActiveAlert]) -> impl Iterator<Item = &ActiveAlert> {
        let mut said: Vec<(&Scope, &str, &str)> = Vec::new();
        alerts.iter().filter(|active| active.needs_attention()).filter(move |active| {
            let alert = &active.alert;
            let budget = (&alert.scope, alert.basis.as_str(), alert.period.as_str());
            if !alert.kind.is_budget() {
                return true;
            }
            let is_first = !said.contains(&budget);
            said.extend(is_first.then_some(budget));
            is_first
        })
    }

    /// Whether it waits for somebody: neither acknowledged nor put off.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        self.state == AlertState::Raised && self.snoozed_until.is_none()
    }

    /// By what a browser knows that it has shown or hidden this. Its key; of a source, a client or a model also since
    /// when, for what comes back is another trouble. `None` while that is not known yet.
    #[must_use]
    pub fn occurrence(&self) -> Option<String> {
        match (self.alert.kind.comes_back(), &self.raised_at) {
            (true, None) => None,
            (true, Some(raised)) => Some(format!("{}#{raised}", self.alert.alert_key)),
            (false, _) => Some(self.alert.alert_key.clone()),
        }
    }
}

/// What the channels are given: one alert, or several of one type at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// The first one's key: whoever gets the same twice knows it by this and `firedAt`.
    pub alert_key: String,
    /// Of all of them.
    pub alert_keys: Vec<String>,
    #[serde(rename = "type")]
    pub kind: AlertType,
    pub level: AlertLevel,
    /// `Critical Budget Alert`
    pub title: String,
    pub message: String,
    pub href: String,
    /// RFC 3339.
    pub fired_at: String,
    /// Whether it tells the end of the alert.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resolved: bool,
}

/// What became of a message on one channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    pub id: String,
    pub channel: String,
    pub alert_key: String,
    pub state: DeliveryState,
    pub attempts: u32,
    /// RFC 3339.
    pub queued_at: String,
    /// When it is tried next, while it is queued or has failed.
    pub next_at: Option<String>,
    /// When it was sent or given up; RFC 3339.
    pub done_at: Option<String>,
    pub error: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    #[default]
    Queued,
    Sent,
    /// It is tried again.
    Failed,
    /// Nothing is tried any more.
    Dead,
}

impl DeliveryState {
    pub const ALL: [DeliveryState; 4] =
        [DeliveryState::Queued, DeliveryState::Sent, DeliveryState::Failed, DeliveryState::Dead];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Queued => "queued",
            DeliveryState::Sent => "sent",
            DeliveryState::Failed => "failed",
            DeliveryState::Dead => "dead",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<DeliveryState> {
        DeliveryState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A line of the history: what happened to an alert, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PastAlert {
    pub message: String,
    pub level: AlertLevel,
    pub state: AlertState,
    pub raised: Moment,
    /// Until when nothing is said of it, while it holds.
    pub snoozed: Option<Moment>,
    pub acknowledged: Option<Moment>,
    pub resolved: Option<Moment>,
}
