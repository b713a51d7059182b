//! `alerts.json`: when to say something, in the user's words. The earlier system's shape, with keys added.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Usd;

/// From here on a threshold is critical.
const CRITICAL: Percent = Percent(9_000);

/// Every choice about alerts; `budget.json` has the last word about amounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AlertsFile {
    /// US dollars a month of all spend, unless `budget.json` names them. Default 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_budget: Option<Usd>,
    /// Parts of a budget at which something is said, of every budget alike. Default 75 "Warning", 90 "Critical".
    pub global_thresholds: Vec<Threshold>,
    /// US dollars a month, by the project's id.
    pub per_project_limits: BTreeMap<String, Usd>,
    /// What is watched. Default everything.
    pub rules: AlertRules,
    /// Points of coverage or health lost within a week that are worth a word, 1 to 100. Default 5.
    pub quality_drop_points: u32,
    /// When only what cannot wait is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// A warning that nobody acknowledges for so many hours is sent again, as critical; `null` means never, which is the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalate_after_hours: Option<u32>,
    /// So many new alerts of one type in one run become one message, 2 or more. Default 3.
    pub group_from: u32,
}

impl Default for AlertsFile {
    fn default() -> AlertsFile {
        let threshold = |percent, label: &str| Threshold { percent, label: Some(label.to_owned()) };
        AlertsFile {
            global_budget: None,
            global_thresholds: vec![threshold(Percent(7_500), "Warning"), threshold(CRITICAL, "Critical")],
            per_project_limits: BTreeMap::new(),
            rules: AlertRules::default(),
            quality_drop_points: 5,
            quiet_hours: None,
            escalate_after_hours: None,
            group_from: 3,
        }
    }
}

/// A part of a budget at which something is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Threshold {
    /// More than 0, at most 100.
    pub percent: Percent,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Threshold {
    #[must_use]
    pub fn is_critical(&self) -> bool {
        self.percent >= CRITICAL
    }
}

/// Percent in whole hundredths, so that comparing is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(i64);

impl Percent {
    #[must_use]
    pub const fn from_hundredths(hundredths: i64) -> Percent {
        Percent(hundredths)
    }

    #[must_use]
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// Returns whether `part` is at least so much of `all`.
    #[must_use]
    pub fn is_reached(self, part: i128, all: i128) -> bool {
        part.saturating_mul(10_000) >= all.saturating_mul(i128::from(self.0))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", f64_of(*self))
    }
}

#[expect(clippy::cast_precision_loss, reason = "hundredths of a percent are small")]
fn f64_of(percent: Percent) -> f64 {
    percent.0 as f64 / 100.0
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 { serializer.serialize_i64(self.0 / 100) } else { serializer.serialize_f64(f64_of(*self)) }
    }
}

impl<'de> Deserialize<'de> for Percent {
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Percent, D::Error> {
        let hundredths = (f64::deserialize(deserializer)? * 100.0).round();
        if hundredths.abs() < 1e12 {
            Ok(Percent(hundredths as i64))
        } else {
            Err(serde::de::Error::custom("a percentage must be a number"))
        }
    }
}

/// Which rules are switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the file has a switch for every rule")]
pub struct AlertRules {
    /// A part of a budget, or a project's limit, is reached.
    pub thresholds: bool,
    /// A budget is expected to be crossed before its period ends.
    pub forecast: bool,
    /// A day costs far more than usual.
    pub spike: bool,
    /// A source came due three times without a success, or fails.
    pub stale_source: bool,
    /// A project lost coverage or health within a week.
    pub quality_drop: bool,
    /// A model was used that has no price.
    pub unpriced_model: bool,
}

impl Default for AlertRules {
    fn default() -> AlertRules {
        AlertRules {
            thresholds: true,
            forecast: true,
            spike: true,
            stale_source: true,
            quality_drop: true,
            unpriced_model: true,
        }
    }
}

/// A span of the day in the user's zone, `"22:00"` to `"07:00"`; over midnight when it ends before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuietHours {
    #[serde(with = "clock")]
    pub from: NaiveTime,
    #[serde(with = "clock")]
    pub to: NaiveTime,
    /// Whether what is critical is sent all the same. Default true.
    #[serde(default = "yes")]
    pub critical_passes: bool,
}

impl QuietHours {
    /// Returns whether a time of day lies in it.
    #[must_use]
    pub fn contains(self, time: NaiveTime) -> bool {
        if self.from <= self.to { self.from <= time && time < self.to } else { self.from <= time || time < self.to }
    }
}

const fn yes() -> bool {
    true
}

/// `"07:00"`, for the fields of files.
pub mod clock {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    const SHAPE: &str = "%H:%M";

    /// Writes hours and minutes.
    ///
    /// # Errors
    /// When the serialiser fails.
    pub fn serialize<S: Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&time.format(SHAPE))
    }

    /// Reads hours and minutes.
    ///
    /// # Errors
    /// When the text is no time of day.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        NaiveTime::parse_from_str(&text, SHAPE)
            .map_err(|_| D::Error::custom(format!("\"{text}\" is no time of day; write one such as \"22:00\"")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_shape_is_read_and_written_back_as_it_was() {
        let text = r#"{"globalBudget":200,"globalThresholds":[{"percent":75,"label":"Warning"},{"percent":90}],"perProjectLimits":{"shop":10.5}}"#;
        let file: AlertsFile = serde_json::from_str(text).expect("parses");
        assert_eq!(file.global_thresholds[1], Threshold { percent: Percent(9_000), label: None });
        let back = serde_json::to_value(&file).expect("serialises");
        let before: serde_json::Value = serde_json::from_str(text).expect("parses");
        assert_eq!(back["globalThresholds"], before["globalThresholds"]);
        assert_eq!(back["perProjectLimits"], before["perProjectLimits"]);
        assert_eq!(serde_json::from_value::<AlertsFile>(back).expect("parses"), file);
        let defaults: AlertsFile = serde_json::from_str("{}").expect("parses");
        assert_eq!(defaults, AlertsFile::default());
    }

    #[test]
    fn quiet_hours_may_run_over_midnight() {
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").expect("a time");
        let night = QuietHours { from: time("22:00"), to: time("07:00"), critical_passes: true };
        assert!(night.contains(time("22:00")) && night.contains(time("03:30")) && !night.contains(time("07:00")));
        let lunch = QuietHours { from: time("12:00"), to: time("13:00"), critical_passes: true };
        assert!(lunch.contains(time("12:59")) && !lunch.contains(time("13:00")) && !lunch.contains(time("22:00")));
        let never = QuietHours { from: time("12:00"), to: time("12:00"), critical_passes: true };
        assert!(!never.contains(time("12:00")));
    }

    #[test]
    fn a_threshold_is_reached_exactly() {
        let half: Percent = serde_json::from_str("82.5").expect("parses");
        assert!(half.is_reached(825, 1_000) && !half.is_reached(824, 1_000));
        assert_eq!((half.to_string().as_str(), Percent(9_000).to_string().as_str()), ("82.5", "90"));
    }
}
