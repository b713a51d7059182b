//! From what a report says of a group of requests to the fact the store keeps, the same way for every provider.

use std::sync::Arc;

use crate::model::{Basis, Origin, Tokens, UsageEvent, Usd, escaped, from_epoch_day};

/// What is left to say of a bucket's usage when its feed is known.
pub struct Usage<'a> {
    pub day: i32,
    pub origin: Origin,
    pub model: &'a str,
    /// What makes the fact one of its kind within the day, beside origin and model.
    pub apart: &'a [&'a str],
    pub tokens: Tokens,
    pub web_searches: u32,
    pub modifiers: Arc<str>,
    /// `None` leaves the cost to the judge.
    pub cost: Option<Usd>,
}

/// The model of usage that names none.
const NO_MODEL: &str = "unknown";

impl Usage<'_> {
    /// Returns the fact: one event for all requests that a bucket sums up. Counted as messages it is one, however many
    /// requests there were; the model has no place for their number.
    pub fn event(&self) -> UsageEvent {
        let date = from_epoch_day(self.day).to_string();
        let mut key = date;
        let identity = [self.origin.group.as_str(), self.origin.key.as_str(), self.model];
        for part in identity.into_iter().chain(self.apart.iter().copied()) {
            // No escaped part holds the mark, so different parts never make the same key.
            key.push(';');
            key.push_str(&escaped(part));
        }
        UsageEvent {
            key: key.into(),
            at_ms: i64::from(self.day) * MS_PER_DAY,
            day: self.day,
            session: Arc::from(""),
            project: self.origin.text(),
            model: Arc::from(if self.model.is_empty() { NO_MODEL } else { self.model }),
            tokens: self.tokens,
            web_searches: self.web_searches,
            modifiers: self.modifiers.clone(),
            cost: self.cost,
            basis: if self.cost.is_some() { Basis::Reported } else { Basis::Unpriced },
        }
    }
}

const MS_PER_DAY: i64 = 86_400_000;

/// What a bucket says about how its requests were served.
#[derive(Clone, Copy, Debug, Default)]
pub struct Served<'a> {
    pub tier: &'a str,
    pub batch: bool,
    /// Inference kept in the United States.
    pub us_only: bool,
    /// Every request had a prompt beyond the usual context window.
    pub long: bool,
}

impl Served<'_> {
    /// Returns it in the words of `pricing::Modifiers`.
    ///
    /// A bucket is always `sum`: its tokens are those of many requests, so their number says nothing about the size of
    /// a prompt. A tier that has no price yet stays as its own word; pricing passes over it until it learns it.
    pub fn modifiers(self) -> Arc<str> {
        let tier = match self.tier {
            "standard" | "default" | "auto" => "",
            "priority_on_demand" => "priority",
            "flex_discount" => "flex",
            tier => tier,
        };
        let tier = escaped(tier).replace(['+', ' '], "%");
        let known = |word: &'static str| if tier == word { word } else { "" };
        let batch = if self.batch { "batch" } else { known("batch") };
        let other = if matches!(&*tier, "fast" | "batch" | "flex" | "priority") { "" } else { tier.as_str() };
        let (us, long) = (if self.us_only { "us" } else { "" }, if self.long { "long" } else { "" });
        let words = [known("fast"), batch, known("flex"), known("priority"), us, "sum", long, other];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("+").into()
    }
}
