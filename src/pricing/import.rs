//! Public price lists → offers of prices. Two shapes are read, told apart by their shape: LiteLLM's
//! `model_prices_and_context_window.json` and models.dev's `api.json`.
//!
//! Pure, and suspicious: a list is text from elsewhere. What cannot be read exactly, or is priced by something else
//! than tokens, is left out and said, never approximated. Whether an offer is believed is for `plausible` to judge.

mod litellm;
mod models_dev;
mod number;
mod plausible;

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

pub(super) use plausible::{Verdict, judge};

use super::entry::Cards;
use super::names;
use super::rates::{Listed, ListedCard};

/// A list is a few megabytes; more is something else.
pub const LIST_MAX_BYTES: usize = 64 << 20;
/// Names longer than this are no model's.
const NAME_MAX_BYTES: usize = 200;

/// The providers that make their models: their prices are those of the model's bare name. Everybody else's are those of
/// `provider/model`, because a reseller must not set the price of a name that others use too.
const MAKERS: [&str; 16] = [
    "alibaba",
    "anthropic",
    "cohere",
    "dashscope",
    "deepseek",
    "gemini",
    "google",
    "minimax",
    "mistral",
    "moonshot",
    "moonshotai",
    "openai",
    "xai",
    "xiaomi",
    "zai",
    "zhipuai",
];

/// The shape of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListFormat {
    #[serde(rename = "litellm")]
    LiteLlm,
    #[serde(rename = "models.dev")]
    ModelsDev,
}

impl fmt::Display for ListFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ListFormat {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ListFormat::LiteLlm => "litellm",
            ListFormat::ModelsDev => "models.dev",
        }
    }
}

/// A price a list states.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Offer {
    pub provider: String,
    /// In normal form.
    pub model: String,
    pub aliases: Vec<String>,
    pub cards: Cards,
    pub multipliers: BTreeMap<String, Number>,
}

/// A price of a list that is not taken over, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    pub model: String,
    pub reason: String,
}

/// What a list holds.
#[derive(Debug)]
pub(super) struct Listing {
    pub format: ListFormat,
    pub offers: Vec<Offer>,
    pub refused: Vec<Refusal>,
    /// Entries that are no token prices, by what they are instead; and units that are not read, by their name.
    pub skipped: BTreeMap<String, u64>,
}

/// Why an entry gives no offer.
#[derive(Debug, PartialEq, Eq)]
enum Trouble {
    /// Nothing is wrong with it, it is just no price per token: counted.
    Skip(&'static str),
    /// Named, with the reason.
    Refuse(String),
}

const FREE: Trouble = Trouble::Skip("models listed without charge: free, or part of a subscription");
const NO_PRICE: Trouble = Trouble::Skip("models listed without a price per token");

/// Reads a list of either shape; the error says what it is not.
pub(super) fn read(text: &str) -> Result<Listing, String> {
    const SHAPES: &str = "a list is LiteLLM's model_prices_and_context_window.json or models.dev's api.json";
    if text.len() > LIST_MAX_BYTES {
        return Err(format!("is larger than {} MB; {SHAPES}", LIST_MAX_BYTES >> 20));
    }
    let value: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| format!("is not JSON: {error}"))?;
    let Value::Object(entries) = value else { return Err(format!("is no JSON object; {SHAPES}")) };
    let shaped = |like: fn(&Map<String, Value>) -> bool| {
        entries.values().filter(|entry| entry.as_object().is_some_and(like)).count()
    };
    let (litellm, models_dev) = (shaped(litellm::is_entry), shaped(models_dev::is_entry));
    if litellm == 0 && models_dev == 0 {
        return Err(format!("has no prices in a form that is known; {SHAPES}"));
    }
    let mut collector = Collector::default();
    let format = if litellm > models_dev {
        litellm::read(&entries, &mut collector);
        ListFormat::LiteLlm
    } else {
        models_dev::read(&entries, &mut collector);
        ListFormat::ModelsDev
    };
    Ok(collector.listing(format))
}

/// Gathers what the readers find; a name counts once.
#[derive(Default)]
struct Collector {
    offers: Vec<Offer>,
    refused: Vec<Refusal>,
    skipped: BTreeMap<String, u64>,
    taken: HashSet<String>,
}

impl Collector {
    fn add(&mut self, model: &str, outcome: Result<Offer, Trouble>) {
        match outcome {
            Err(Trouble::Skip(what)) => self.skip(what),
            Err(Trouble::Refuse(reason)) => self.refuse(model, &reason),
            Ok(offer) if offer.model.is_empty() || offer.model.len() > NAME_MAX_BYTES || !is_plain(&offer.model) => {
                self.refuse(model, "its name is none a model could have");
            }
            Ok(offer) if !self.taken.insert(offer.model.clone()) => self.twice(model, &offer),
            Ok(offer) => self.offers.push(offer),
        }
    }

    /// Nobody can tell which of two prices is meant, so neither is.
    fn twice(&mut self, model: &str, offer: &Offer) {
        let first = self.offers.iter().position(|first| first.model == offer.model);
        match first {
            Some(index) if self.offers.get(index).is_some_and(|first| first.cards == offer.cards) => {
                self.skip("models listed twice");
            }
            Some(index) => {
                self.offers.remove(index);
                self.refuse(model, "it is listed twice, at different prices");
            }
            None => self.refuse(model, "it is listed several times, at different prices"),
        }
    }

    fn refuse(&mut self, model: &str, reason: &str) {
        let model: String = model.chars().filter(|letter| !letter.is_control()).take(NAME_MAX_BYTES).collect();
        self.refused.push(Refusal { model, reason: reason.to_owned() });
    }

    fn skip(&mut self, what: &str) {
        *self.skipped.entry(what.to_owned()).or_default() += 1;
    }

    /// Another name of an offer must not be the name of another offer.
    fn listing(mut self, format: ListFormat) -> Listing {
        for offer in &mut self.offers {
            offer.aliases.retain(|alias| !self.taken.contains(alias) && is_plain(alias));
        }
        Listing { format, offers: self.offers, refused: self.refused, skipped: self.skipped }
    }
}

fn is_plain(name: &str) -> bool {
    !name.chars().any(|letter| letter.is_control() || letter.is_whitespace())
}

/// Returns the name and further name of a provider's model: the bare name when the provider made it.
fn names_of(provider: &str, model: &str) -> (String, Vec<String>) {
    let full = names::normal(&format!("{provider}/{model}")).into_owned();
    if MAKERS.contains(&provider) { (names::normal(model).into_owned(), vec![full]) } else { (full, Vec::new()) }
}

/// Claude is priced by Anthropic's rules whoever serves it; that decides what a cache rate is when none is listed.
fn provider_of(provider: &str, model: &str) -> String {
    if model.contains("claude") { super::entry::ANTHROPIC.to_owned() } else { provider.to_owned() }
}

/// What every list must hold of a model: an input and an output rate, and not both zero.
fn required(card: &ListedCard) -> Result<(), Trouble> {
    match (card.base.input, card.base.output) {
        (None, None) => Err(NO_PRICE),
        (None, Some(_)) => Err(Trouble::Refuse("it lists no input price".to_owned())),
        (Some(_), None) => Err(Trouble::Refuse("it lists no output price".to_owned())),
        (Some(0), Some(0)) => Err(FREE),
        _ => Ok(()),
    }
}

/// A place for each size of prompt above which other rates hold; kept in order.
#[derive(Default)]
struct Draft {
    base: Listed,
    tiers: BTreeMap<u64, Listed>,
}

impl Draft {
    fn at(&mut self, above: Option<u64>) -> &mut Listed {
        match above {
            None => &mut self.base,
            Some(above) => self.tiers.entry(above).or_default(),
        }
    }

    fn card(self) -> ListedCard {
        let tier = |(above_prompt_tokens, listed)| super::rates::ListedTier { above_prompt_tokens, listed };
        ListedCard { base: self.base, tiers: self.tiers.into_iter().map(tier).collect() }
    }
}
