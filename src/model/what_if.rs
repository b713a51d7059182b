//! What usage would have cost with other models, a better cache, or in batches: from sums by model, at list prices.
//!
//! Compiled for both sides, so that the answer follows a slider at once and is there without a script too.

use serde::{Deserialize, Serialize};

use super::{ModelRates, Tokens, Usd};

const ALL: u32 = 100;

/// The usage of a span, by model: all that is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cube {
    pub days: u32,
    /// The dearest first.
    pub models: Vec<CubeModel>,
    /// Cost by source, the dearest first: what a plan could stand in for.
    pub sources: Vec<CubeSource>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CubeSource {
    pub name: String,
    /// What people call it.
    pub label: String,
    pub cost: Usd,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CubeModel {
    pub model: String,
    pub label: String,
    pub tokens: Tokens,
    /// The known part.
    pub cost: Usd,
    /// `None` without a price: nothing can be said of it.
    pub rates: Option<ModelRates>,
}

/// What is asked. Percent are 0 to 100.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIf {
    /// Ids of models; empty: none.
    pub from: String,
    pub to: String,
    /// Of the usage of `from` done by `to`.
    pub moved: u32,
    /// Of every prompt from the cache; `None` leaves it as it was.
    pub cached: Option<u32>,
    /// Of everything in batches, where the model has a price for it.
    pub batched: u32,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The known cost as it was.
    pub before: Usd,
    pub after: Usd,
    /// What each of the changes does, in the order they are made: models, cache, batches.
    pub moved: Usd,
    pub cached: Usd,
    pub batched: Usd,
}

impl Cube {
    /// Works out an answer. Each change starts from what the one before it left.
    #[must_use]
    pub fn what_if(&self, asked: &WhatIf) -> Outcome {
        let before = self.models.iter().map(|model| model.cost).sum();
        let mut tokens: Vec<Tokens> = self.models.iter().map(|model| model.tokens).collect();
        let moved = self.move_models(&mut tokens, asked);
        let cached = asked.cached.map_or(Usd::ZERO, |percent| self.change_cache(&mut tokens, percent));
        let batched = self.use_batches(&tokens, asked.batched);
        Outcome { before, after: before + moved + cached + batched, moved, cached, batched }
    }

    fn at(&self, model: &str) -> Option<(usize, ModelRates)> {
        let at = self.models.iter().position(|known| known.model == model)?;
        Some((at, self.models[at].rates?))
    }

    fn move_models(&self, tokens: &mut [Tokens], asked: &WhatIf) -> Usd {
        let (Some((from, old)), Some((to, new))) = (self.at(&asked.from), self.at(&asked.to)) else {
            return Usd::ZERO;
        };
        if from == to {
            return Usd::ZERO;
        }
        let part = percent_of(&tokens[from], asked.moved);
        tokens[from] = less(&tokens[from], &part);
        tokens[to] += part;
        new.standard.cost(&part) - old.standard.cost(&part)
    }

    fn change_cache(&self, tokens: &mut [Tokens], percent: u32) -> Usd {
        let mut change = Usd::ZERO;
        for (tokens, model) in tokens.iter_mut().zip(&self.models) {
            let Some(rates) = model.rates else { continue };
            let wished = with_cache(tokens, percent);
            change += rates.standard.cost(&wished) - rates.standard.cost(tokens);
            *tokens = wished;
        }
        change
    }

    fn use_batches(&self, tokens: &[Tokens], percent: u32) -> Usd {
        let change = |(tokens, model): (&Tokens, &CubeModel)| {
            let rates = model.rates?;
            let part = percent_of(tokens, percent);
            Some(rates.batch?.cost(&part) - rates.standard.cost(&part))
        };
        tokens.iter().zip(&self.models).filter_map(change).sum()
    }
}

fn of(count: u64, percent: u32) -> u64 {
    let part = u128::from(count) * u128::from(percent.min(ALL)) / u128::from(ALL);
    u64::try_from(part).unwrap_or(count)
}

fn percent_of(tokens: &Tokens, percent: u32) -> Tokens {
    Tokens {
        input: of(tokens.input, percent),
        cache_write_5m: of(tokens.cache_write_5m, percent),
        cache_write_1h: of(tokens.cache_write_1h, percent),
        cache_read: of(tokens.cache_read, percent),
        output: of(tokens.output, percent),
    }
}

fn less(tokens: &Tokens, part: &Tokens) -> Tokens {
    Tokens {
        input: tokens.input.saturating_sub(part.input),
        cache_write_5m: tokens.cache_write_5m.saturating_sub(part.cache_write_5m),
        cache_write_1h: tokens.cache_write_1h.saturating_sub(part.cache_write_1h),
        cache_read: tokens.cache_read.saturating_sub(part.cache_read),
        output: tokens.output.saturating_sub(part.output),
    }
}

/// The same prompts with so much of them from the cache; what is not is split over fresh and written as before.
fn with_cache(tokens: &Tokens, percent: u32) -> Tokens {
    let prompts = tokens.tokens_in();
    let read = of(prompts, percent);
    let (rest, rest_before) = (prompts - read, prompts - tokens.cache_read);
    let share = |count: u64| {
        if rest_before == 0 {
            return 0;
        }
        u64::try_from(u128::from(count) * u128::from(rest) / u128::from(rest_before)).unwrap_or(count)
    };
    let (write_5m, write_1h) = (share(tokens.cache_write_5m), share(tokens.cache_write_1h));
    Tokens {
        input: rest.saturating_sub(write_5m).saturating_sub(write_1h),
        cache_write_5m: write_5m,
        cache_write_1h: write_1h,
        cache_read: read,
        output: tokens.output,
    }
}

/// A plan at a fixed price, against usage at the prices of the API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BreakEven {
    /// What the plan costs over the span.
    pub plan: Usd,
    /// What its usage costs over the span, by the token.
    pub usage: Usd,
    /// Spend of a day from which the plan pays.
    pub per_day: Usd,
}

impl BreakEven {
    /// A month is a twelfth of 365 days.
    #[must_use]
    pub fn of(plan_a_month: Usd, usage: Usd, days: u32) -> BreakEven {
        const DAYS_A_YEAR: i128 = 365;
        let per_day = Usd::from_pico(plan_a_month.pico().saturating_mul(12) / DAYS_A_YEAR);
        BreakEven { plan: Usd::from_pico(per_day.pico().saturating_mul(i128::from(days))), usage, per_day }
    }

    /// What the plan saves over the span; below zero it costs more.
    #[must_use]
    pub fn saved(&self) -> Usd {
        self.usage - self.plan
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::TokenRates;

    const MILLION: u64 = 1_000_000;

    /// Opus at $5, $6.25, $10, $0.50 and $25 for a million tokens; Sonnet at three fifths of it; a batch at half.
    fn cube(tokens: [Tokens; 2]) -> Cube {
        let opus = TokenRates([5_000_000_000, 6_250_000_000, 10_000_000_000, 500_000_000, 25_000_000_000]);
        let sonnet = TokenRates(opus.0.map(|rate| rate / 5 * 3));
        let model = |model: &str, rates: TokenRates, tokens: Tokens| CubeModel {
            model: model.to_owned(),
            label: model.to_owned(),
            tokens,
            cost: rates.cost(&tokens),
            rates: Some(ModelRates { standard: rates, batch: Some(TokenRates(rates.0.map(|rate| rate / 2))) }),
        };
        let [first, second] = tokens;
        let nobody = CubeModel {
            model: "mystery".to_owned(),
            tokens: Tokens { input: MILLION, ..Tokens::default() },
            ..CubeModel::default()
        };
        let models = vec![model("opus", opus, first), model("sonnet", sonnet, second), nobody];
        Cube { days: 30, models, sources: Vec::new() }
    }

    fn usd(dollars: f64) -> Usd {
        Usd::from_f64(dollars).expect("money")
    }

    #[test]
    fn another_model_for_a_part_of_the_work() {
        let opus = Tokens { input: 10 * MILLION, output: 2 * MILLION, ..Tokens::default() };
        let cube = cube([opus, Tokens::default()]);
        let asked = WhatIf { from: "opus".into(), to: "sonnet".into(), moved: 30, ..WhatIf::default() };
        let outcome = cube.what_if(&asked);
        assert_eq!((outcome.before, outcome.moved), (usd(100.0), usd(-12.0)), "30 % of $100 for three fifths");
        assert_eq!(outcome.after, usd(88.0));
        for other in [
            WhatIf { to: "mystery".into(), ..asked.clone() },
            WhatIf { to: "opus".into(), ..asked.clone() },
            WhatIf { from: String::new(), ..asked },
        ] {
            assert_eq!(cube.what_if(&other).after, usd(100.0), "{other:?}");
        }
    }

    #[test]
    fn more_of_the_prompts_from_the_cache_and_everything_in_batches() {
        let opus = Tokens { input: 6 * MILLION, cache_read: 4 * MILLION, ..Tokens::default() };
        let cube = cube([opus, Tokens::default()]);
        let outcome = cube.what_if(&WhatIf { cached: Some(90), ..WhatIf::default() });
        assert_eq!((outcome.before, outcome.cached), (usd(32.0), usd(-22.5)), "five million at $0.50 instead of $5");
        let outcome = cube.what_if(&WhatIf { cached: Some(90), batched: 100, ..WhatIf::default() });
        assert_eq!((outcome.batched, outcome.after), (usd(-4.75), usd(4.75)), "half of what the cache left");
        assert_eq!(cube.what_if(&WhatIf { cached: Some(40), ..WhatIf::default() }).after, usd(32.0), "as it was");
    }

    #[test]
    fn a_plan_pays_from_a_days_spend_on() {
        let plan = BreakEven::of(usd(200.0), usd(250.0), 73);
        assert_eq!((plan.per_day.to_string().as_str(), plan.plan.to_string().as_str()), ("$6.58", "$480.00"));
        assert!(plan.saved() < Usd::ZERO);
        assert_eq!(BreakEven::of(Usd::ZERO, usd(5.0), 30).saved(), usd(5.0));
    }

    proptest! {
        #[test]
        fn whatever_is_asked_the_steps_add_up_and_no_token_is_lost(
            counts in prop::array::uniform10(0..=u64::MAX / 16), moved in 0..200_u32, cached in prop::option::of(0..200_u32),
            batched in 0..200_u32,
        ) {
            let tokens = |at: usize| Tokens {
                input: counts[at], cache_write_5m: counts[at + 1], cache_write_1h: counts[at + 2],
                cache_read: counts[at + 3], output: counts[at + 4],
            };
            let cube = cube([tokens(0), tokens(5)]);
            let asked = WhatIf { from: "opus".into(), to: "sonnet".into(), moved, cached, batched };
            let outcome = cube.what_if(&asked);
            prop_assert_eq!(outcome.before + outcome.moved + outcome.cached + outcome.batched, outcome.after);
            prop_assert!(outcome.moved <= Usd::ZERO && outcome.batched <= Usd::ZERO);
            let wished = with_cache(&tokens(0), moved);
            prop_assert_eq!(wished.total(), tokens(0).total());
        }
    }
}
