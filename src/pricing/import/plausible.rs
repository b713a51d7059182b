//! Whether an offer is believed, and whether it says anything new, against the price in force for the same name.
//!
//! A wrong price is worse than an old one, so doubt refuses. An offer is completed only with rates the price in force
//! states for the very same rates; nothing else is ever filled in.

use super::Offer;
use crate::pricing::entry::{Cards, cache_rule};
use crate::pricing::rates::{Card, FEMTO_PER_PICO, Listed, ListedCard, ListedTier, Rate, Rates};
use crate::pricing::row::Charged;

/// Prices fall to a third and double, but ten times is a mistake in units or digits.
const TIMES_MAX: i128 = 10;

const KINDS: [&str; 5] = ["input", "5-minute cache write", "1-hour cache write", "cache read", "output"];

/// What an offer means against the price in force.
#[derive(Debug)]
pub(in crate::pricing) enum Verdict {
    Same,
    /// No price is in force for the name.
    Added(Cards),
    Changed(Cards),
}

/// Judges an offer; `in_force` is what its name costs today. `dearest` is the highest rate known, in pico-USD per token:
/// all there is to compare a new model with. The error is the reason to refuse it.
pub(in crate::pricing) fn judge(offer: &Offer, in_force: Option<&Charged>, dearest: u64) -> Result<Verdict, String> {
    let mut cards = offer.cards.clone();
    consistent(&cards.standard)?;
    let Some(Charged { standard: known, services }) = in_force else {
        let bound = dearest.saturating_mul(10);
        let too_dear = levels(&cards.standard).flat_map(|listed| listed.in_order()).flatten().any(|rate| rate > bound);
        if too_dear {
            return Err("it costs more than ten times what the dearest known model does".to_owned());
        }
        believable_services(&mut cards);
        return Ok(Verdict::Added(cards));
    };
    // Before anything is filled in: a slipped digit is the better reason to give.
    let base = cards.standard.base.in_order().into_iter().zip(&known.base.0).zip(KINDS);
    for ((pico, old), kind) in base {
        let new = pico.map(|pico| Rate { femto: femto(pico), listed: true });
        new.map_or(Ok(()), |new| near(kind, new, *old))?;
    }
    complete(&mut cards.standard, known)?;
    let offered = Card::standard(&cards.standard, cache_rule(&offer.provider)).ok_or("it lists no input price")?;
    let mut changed = false;
    for (kind, new, old) in compared(&offered, known) {
        near(kind, new, old)?;
        changed |= new.femto != old.femto;
    }
    believable_services(&mut cards);
    let says_new = |(new, old): (Option<Card>, &Option<Card>)| match (new, old) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(new), Some(old)) => compared(&new, old).any(|(_, new, old)| new.femto != old.femto),
    };
    let served_anew = cards.services(&offered).into_iter().zip(services).any(says_new);
    if !changed {
        // The standard price stands, so what the list does not say of batch, flex and priority stands with it.
        for (listed, known) in cards.services_mut().into_iter().zip(services) {
            *listed = listed.take().or_else(|| known.as_ref().and_then(stated_card));
        }
    }
    Ok(if changed || served_anew { Verdict::Changed(cards) } else { Verdict::Same })
}

/// Every rate that is listed, at every size of prompt, with the rate it is to take the place of.
fn compared<'a>(offered: &'a Card, known: &'a Card) -> impl Iterator<Item = (&'static str, Rate, Rate)> + 'a {
    let sizes =
        std::iter::once(0).chain([offered, known].into_iter().flat_map(|card| &card.tiers).map(|(above, _)| above + 1));
    sizes.flat_map(|size| {
        let rates = offered.at(size).0.into_iter().zip(known.at(size).0);
        KINDS.into_iter().zip(rates).filter(|(_, (new, _))| new.listed).map(|(kind, (new, old))| (kind, new, old))
    })
}

/// What no provider does, and lists with slipped digits do.
fn consistent(card: &ListedCard) -> Result<(), String> {
    for listed in levels(card) {
        let more = |left: Option<u64>, right: Option<u64>| left.zip(right).is_some_and(|(left, right)| left > right);
        if more(listed.cache_read, listed.input) {
            return Err("reading its cache costs more than not to have one".to_owned());
        }
        if more(listed.cache_write, listed.cache_write_1h) {
            return Err("an hour in its cache costs less than five minutes".to_owned());
        }
    }
    Ok(())
}

fn levels(card: &ListedCard) -> impl Iterator<Item = &Listed> {
    std::iter::once(&card.base).chain(card.tiers.iter().map(|tier| &tier.listed))
}

fn near(kind: &str, new: Rate, old: Rate) -> Result<(), String> {
    // An assumed rate is no evidence against "costs nothing", as several providers have it for writing to the cache.
    if new.femto == 0 && !old.listed {
        return Ok(());
    }
    let far = |left: i128, right: i128| left > right.saturating_mul(TIMES_MAX);
    if far(new.femto, old.femto) || far(old.femto, new.femto) {
        let price = |rate: Rate| crate::pricing::PerMillion::from_femto(rate.femto);
        let (new, old) = (price(new), price(old));
        return Err(format!("its {kind} price is {new} per million tokens, more than ten times off {old}"));
    }
    Ok(())
}

/// Fills what the list leaves out from the price in force, where that states it for the same input rate.
fn complete(card: &mut ListedCard, known: &Card) -> Result<(), String> {
    let same_base = agrees(&card.base, &known.base);
    fill(&mut card.base, &known.base);
    for tier in &mut card.tiers {
        if let Some((_, rates)) = known.tiers.iter().find(|(above, _)| *above == tier.above_prompt_tokens) {
            fill(&mut tier.listed, rates);
        }
    }
    if card.tiers.is_empty() && !known.tiers.is_empty() {
        if !same_base {
            return Err("its price changed, and the list does not say what long prompts cost now".to_owned());
        }
        // The list does not know of tiers: what is known of them stands.
        card.tiers = known.tiers.iter().map(|(above, rates)| tier(*above, rates)).collect();
    }
    Ok(())
}

fn tier(above_prompt_tokens: u64, rates: &Rates) -> ListedTier {
    ListedTier { above_prompt_tokens, listed: stated_rates(rates) }
}

/// What a price in force states, as a list would; `None` when it only follows from a factor.
fn stated_card(card: &Card) -> Option<ListedCard> {
    let base = stated_rates(&card.base);
    let tiers = card.tiers.iter().map(|(above, rates)| tier(*above, rates));
    let tiers = tiers.filter(|tier| tier.listed != Listed::default()).collect();
    base.input.is_some().then_some(ListedCard { base, tiers })
}

fn stated_rates(rates: &Rates) -> Listed {
    let mut listed = Listed::default();
    for (place, rate) in listed.in_order_mut().into_iter().zip(&rates.0) {
        *place = stated(rate);
    }
    listed
}

/// Whether every rate that is listed is the known one.
fn agrees(listed: &Listed, known: &Rates) -> bool {
    listed
        .in_order()
        .into_iter()
        .zip(&known.0)
        .all(|(listed, known)| listed.is_none_or(|pico| femto(pico) == known.femto))
}

fn fill(listed: &mut Listed, known: &Rates) {
    let [input, ..] = known.0;
    if listed.input.is_none_or(|pico| femto(pico) != input.femto) {
        return;
    }
    for (place, rate) in listed.in_order_mut().into_iter().zip(&known.0) {
        *place = place.or_else(|| stated(rate));
    }
}

fn stated(rate: &Rate) -> Option<u64> {
    u64::try_from(rate.femto / FEMTO_PER_PICO).ok().filter(|pico| rate.listed && femto(*pico) == rate.femto)
}

fn femto(pico: u64) -> i128 {
    i128::from(pico).saturating_mul(FEMTO_PER_PICO)
}

/// Leaves out batch, flex and priority rates that are a fragment, or far from the standard ones.
fn believable_services(cards: &mut Cards) {
    let standard = cards.standard.base;
    for service in cards.services_mut() {
        let far = |rate: Option<u64>, of: Option<u64>| match (rate, of) {
            (Some(rate), Some(of)) => rate > of.saturating_mul(10) || of > rate.saturating_mul(10),
            _ => true,
        };
        let believed =
            |listed: &ListedCard| !far(listed.base.input, standard.input) && !far(listed.base.output, standard.output);
        if !service.as_ref().is_some_and(believed) {
            *service = None;
        }
    }
}
