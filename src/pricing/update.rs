//! Taking a public price list over: what it adds and changes, what is refused, and what `data/prices-updated.json` then
//! holds.
//!
//! Pure: the text, the day and what was known before are arguments. A list that fails as a whole gives an error and no
//! document, so nothing can change by it.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use serde::Serialize;

use super::entry::{Cards, Entry, cache_rule};
use super::import::{self, ListFormat, Offer, Refusal, Verdict};
use super::listed::Prices;
use super::rates::Card;
use super::row::Charged;
use super::updated::{Counts, Updated};
use super::{PriceError, PriceStatus, PriceTable};

/// The public lists, for those who do not name one.
pub const LITELLM_URL: &str =
    "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json";
pub const MODELS_DEV_URL: &str = "https://models.dev/api.json";

/// A public list has thousands of models; a shorter one is a part of one, or something else.
const MODELS_MIN: usize = 50;
/// Models that every list has had for long. Half of them must be there, and none of them far off.
const ANCHORS: [&str; 8] = [
    "claude-opus-4-5",
    "claude-sonnet-4-5",
    "claude-haiku-4-5",
    "gpt-5",
    "gpt-4.1",
    "gpt-4o",
    "gemini-2.5-pro",
    "gemini-2.5-flash",
];

/// What to do with a list that is much shorter than the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shorter {
    #[default]
    Refuse,
    Accept,
}

/// What taking a list over gives.
#[derive(Clone, Debug)]
pub struct Update {
    /// What `data/prices-updated.json` is to hold.
    pub document: Updated,
    pub report: UpdateReport,
}

/// What a list brought, for people and scripts.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateReport {
    pub source: String,
    pub format: ListFormat,
    pub fetched: NaiveDate,
    pub counts: Counts,
    /// Models that had no price.
    pub added: Vec<Added>,
    /// Prices that hold from today on.
    pub changed: Vec<Changed>,
    pub refused: Vec<Refusal>,
    /// Entries and units that are no price per token, counted by what they are.
    pub skipped: BTreeMap<String, u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Added {
    pub model: String,
    pub price: Prices,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    pub model: String,
    pub old: Prices,
    pub new: Prices,
}

/// Why a list is not taken over; nothing changes then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    #[error("the price list {source_name} {problem}; the prices stay as they are")]
    List { source_name: String, problem: String },
    #[error(transparent)]
    Table(#[from] PriceError),
}

/// Takes a list over. `source` says where `text` comes from, `today` is the day in UTC, `before` what the last update
/// left.
///
/// # Errors
/// When the list is no list, too short, or wrong about models every list knows.
pub fn update(
    text: &str,
    source: &str,
    today: NaiveDate,
    before: Option<&Updated>,
    shorter: Shorter,
) -> Result<Update, UpdateError> {
    let failed = |problem: String| UpdateError::List { source_name: source.to_owned(), problem };
    let listing = import::read(text).map_err(failed)?;
    long_enough(listing.format, listing.offers.len(), before, shorter).map_err(failed)?;
    let builtin = PriceTable::builtin()?;
    let (kept, replaced) = kept(&listing.offers, before, today);
    let known = match before {
        Some(before) => builtin.clone().with_updates(&Updated { models: kept.clone(), ..before.clone() })?,
        None => builtin.clone(),
    };
    anchored(&listing.offers, &known, today).map_err(failed)?;
    let listed = listing.offers.len() as u64;
    let report = UpdateReport {
        source: source.to_owned(),
        format: listing.format,
        fetched: today,
        counts: Counts::default(),
        added: Vec::new(),
        changed: Vec::new(),
        refused: listing.refused,
        skipped: listing.skipped,
    };
    let mut taking = Taking { known: &known, dearest: builtin.dearest(), replaced, entries: kept, report };
    for offer in listing.offers {
        taking.take(offer);
    }
    let Taking { entries, mut report, .. } = taking;
    report.refused.sort_by(|left, right| left.model.cmp(&right.model));
    report.counts = Counts {
        listed,
        added: report.added.len() as u64,
        changed: report.changed.len() as u64,
        unchanged: report.counts.unchanged,
        refused: report.refused.len() as u64,
        skipped: report.skipped.values().sum(),
    };
    let document = Updated::new(source.to_owned(), report.format, today, report.counts, entries);
    // What was taken must be what the next start of the program can read.
    builtin.with_updates(&document)?;
    Ok(Update { document, report })
}

fn long_enough(format: ListFormat, offers: usize, before: Option<&Updated>, shorter: Shorter) -> Result<(), String> {
    if offers < MODELS_MIN {
        return Err(format!("has prices of {offers} models, and a whole list has at least {MODELS_MIN}"));
    }
    let listed = before.filter(|before| before.format == format).map_or(0, |before| before.counts.listed);
    // A quarter of a list does not disappear from one day to the next.
    if shorter == Shorter::Refuse && (offers as u64).saturating_mul(4) < listed.saturating_mul(3) {
        return Err(format!(
            "has prices of {offers} models, where it had {listed}; if that is right, say so with --accept-shorter"
        ));
    }
    Ok(())
}

/// The rows of the last update that stand, and those of today for models this list says anew.
fn kept(offers: &[Offer], before: Option<&Updated>, today: NaiveDate) -> (Vec<Entry>, Vec<Entry>) {
    let listed: HashSet<&str> = offers.iter().map(|offer| offer.model.as_str()).collect();
    let today = today.to_string();
    let stands = |entry: &Entry| entry.as_of.as_deref() != Some(&today) || !listed.contains(entry.model.as_str());
    before.into_iter().flat_map(|before| &before.models).cloned().partition(stands)
}

fn anchored(offers: &[Offer], known: &PriceTable, today: NaiveDate) -> Result<(), String> {
    let listed: Vec<&Offer> = offers.iter().filter(|offer| ANCHORS.contains(&offer.model.as_str())).collect();
    if listed.len() * 2 < ANCHORS.len() {
        let missing: Vec<&str> =
            ANCHORS.into_iter().filter(|name| listed.iter().all(|offer| offer.model != *name)).collect();
        return Err(format!("lacks models that every list has: {}", missing.join(", ")));
    }
    for offer in listed {
        let in_force = known.find(&offer.model, today).map(|row| row.charged_as(&offer.model));
        if let Err(reason) = import::judge(offer, in_force.as_ref(), u64::MAX) {
            return Err(format!("cannot be right about {}: {reason}", offer.model));
        }
    }
    Ok(())
}

/// A list on its way into the document.
struct Taking<'a> {
    known: &'a PriceTable,
    dearest: u64,
    /// Rows of an update earlier today.
    replaced: Vec<Entry>,
    entries: Vec<Entry>,
    report: UpdateReport,
}

impl Taking<'_> {
    fn take(&mut self, offer: Offer) {
        let today = self.report.fetched;
        let in_force = self.known.find(&offer.model, today).map(|row| row.charged_as(&offer.model));
        match import::judge(&offer, in_force.as_ref(), self.dearest) {
            Err(reason) => {
                // What was believed this morning is not taken back by something that is not believed.
                self.entries.extend(self.replaced.iter().filter(|entry| entry.model == offer.model).cloned());
                self.report.refused.push(Refusal { model: offer.model, reason });
            }
            Ok(Verdict::Same) => self.report.counts.unchanged += 1,
            Ok(Verdict::Added(cards)) => {
                // A name that once had a price keeps its past without one: only what nobody knew is filled in.
                let from = self.known.knows(&offer.model).then_some(today);
                let price = prices(&offer.provider, &cards);
                self.report.added.push(Added { model: offer.model.clone(), price });
                self.enter(offer, cards, from);
            }
            Ok(Verdict::Changed(cards)) => {
                let old = in_force.as_ref().map(in_words).unwrap_or_default();
                let new = prices(&offer.provider, &cards);
                self.report.changed.push(Changed { model: offer.model.clone(), old, new });
                self.enter(offer, cards, Some(today));
            }
        }
    }

    fn enter(&mut self, offer: Offer, rates: Cards, effective_from: Option<NaiveDate>) {
        self.entries.push(Entry {
            provider: offer.provider,
            model: offer.model,
            aliases: offer.aliases,
            status: PriceStatus::Active,
            effective_from,
            effective_to: None,
            rates,
            multipliers: offer.multipliers,
            web_search_micro_usd_per_1k: None,
            as_of: Some(self.report.fetched.to_string()),
            confidence: self.report.format.as_str().to_owned(),
            source: String::new(),
            notes: None,
        });
    }
}

fn in_words(charged: &Charged) -> Prices {
    Prices::new(&charged.standard).with_services(&charged.services)
}

fn prices(provider: &str, cards: &Cards) -> Prices {
    let standard = Card::standard(&cards.standard, cache_rule(provider));
    standard.map(|standard| Prices::new(&standard).with_services(&cards.services(&standard))).unwrap_or_default()
}

#[cfg(test)]
mod tests;
