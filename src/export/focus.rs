//! Usage as FOCUS 1.2 has it (the FinOps Foundation's format for bills), with the names 1.3 introduced beside those it
//! deprecated, and columns of our own last.
//!
//! A row of the roll-up becomes a row per kind of token where the price list alone explains its cost, and else stays
//! whole: no split is ever invented. So the costs add up to the report, to the last pico-dollar. Usage without a price is
//! left out, because a cost must not be empty here and is not 0.

mod charge;
mod period;
mod seller;

use std::borrow::Cow;

use chrono_tz::Tz;
use serde_json::json;

use super::Cell;
use crate::analytics::Labels;
use crate::model::{Origin, RollupRow};
use crate::pricing::PriceTable;
use charge::{Charge, charges};
use period::Periods;
use seller::{publisher, service};

/// The columns, in the order of the alphabet; our own, which begin with `x_`, come last.
pub const FOCUS: &[&str] = &[
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "HostProviderName",
    "InvoiceId",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "ServiceProviderName",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "SkuPriceDetails",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
    "SubAccountType",
    "Tags",
    "x_Model",
    "x_Project",
    "x_ServiceTier",
    "x_Source",
    "x_SourceKind",
    "x_TokenType",
];

/// What is known of a source beside its rows.
#[derive(Clone, Copy, Debug)]
pub struct Seller {
    pub source: &'static str,
    /// The name people read.
    pub label: &'static str,
    /// Who is paid: `anthropic`; `None` when that depends on the model.
    pub provider: Option<&'static str>,
    /// What its days are counted in.
    pub zone: Tz,
    /// Paid by the month: what it uses is on no bill.
    pub subscription: bool,
}

/// What it takes to make FOCUS rows of usage.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    pub labels: &'a Labels,
    pub prices: &'a PriceTable,
    pub sellers: &'a [Seller],
}

/// Returns the rows of one row of usage; none when nothing of it has a price.
#[must_use]
pub fn focus_rows<'a>(row: &'a RollupRow, terms: &'a Terms<'a>) -> Vec<Vec<Cell<'a>>> {
    charges(row, terms.prices).into_iter().map(|charge| cells(row, &charge, terms)).collect()
}

fn cells<'a>(row: &'a RollupRow, charge: &Charge, terms: &'a Terms<'a>) -> Vec<Cell<'a>> {
    let seller = terms.sellers.iter().find(|seller| seller.source == row.source.as_ref());
    let publisher = publisher(row, seller, terms.prices);
    let (provider_id, provider) = match seller.and_then(|seller| seller.provider) {
        Some(id) => (id.to_owned(), seller::label(id)),
        None => (row.source.to_string(), publisher.clone()),
    };
    let periods = Periods::of(row.date, seller.map_or(Tz::UTC, |seller| seller.zone));
    let billed = if seller.is_some_and(|seller| seller.subscription) { charge.on_the_bill } else { charge.cost };
    let (resource, resource_type) = resource(row);
    let project = Some(terms.labels.project(row)).filter(|name| !row.project.is_empty() && is_stated(name));
    let sku = charge.kind.map(|kind| format!("{}/{}", row.model, kind.name));
    vec![
        billed.into(),
        provider_id.into(),
        provider.clone().into(),
        "USD".into(),
        periods.month_end.into(),
        periods.month_start.into(),
        charge.category.name().into(),
        Cell::Empty,
        description(row, charge, &provider).into(),
        charge.category.frequency().into(),
        periods.day_end.into(),
        periods.day_start.into(),
        charge.consumed.map(|(count, _)| count).into(),
        charge.consumed.map(|(_, unit)| unit).into(),
        charge.cost.into(),
        charge.per_million.into(),
        charge.cost.into(),
        provider.clone().into(),
        Cell::Empty,
        provider.clone().into(),
        charge.cost.into(),
        charge.per_million.into(),
        charge.category.pricing().into(),
        charge.pricing_quantity().into(),
        charge.pricing_unit().into(),
        provider.clone().into(),
        publisher.into(),
        resource,
        Cell::Empty,
        resource_type.into(),
        "AI and Machine Learning".into(),
        service(&provider).into(),
        provider.into(),
        "Generative AI".into(),
        Some(row.model.as_ref()).filter(|model| is_stated(model)).into(),
        charge.kind.map(|kind| kind.meter).into(),
        charge.kind.map(|kind| json!({"x_TokenType": kind.name}).to_string()).into(),
        sku.into(),
        project.into(),
        project.into(),
        project.map(|_| "Project").into(),
        project.map(|project| tags(project, terms.labels.client(row))).into(),
        row.model.as_ref().into(),
        project.into(),
        charge.kind.map(|_| "standard").into(),
        row.source.as_ref().into(),
        charge.basis.clone().into(),
        charge.kind.map(|kind| kind.name).into(),
    ]
}

/// What stands for "nothing" in somebody's log; here nothing is an empty cell and never a word (FOCUS 1.2, null values).
const PLACEHOLDERS: [&str; 8] = ["-", "n/a", "none", "null", "nil", "unknown", "undefined", "not applicable"];

/// Whether a text says anything.
fn is_stated(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && !PLACEHOLDERS.iter().any(|placeholder| text.eq_ignore_ascii_case(placeholder))
}

/// The session, or else the key the usage came in by.
fn resource(row: &RollupRow) -> (Cell<'_>, Option<&'static str>) {
    if is_stated(&row.session) {
        return (row.session.as_ref().into(), Some("Session"));
    }
    match Origin::parse(&row.project).filter(|origin| is_stated(&origin.key)) {
        Some(origin) => (Cell::Text(Cow::Owned(origin.key)), Some("API key")),
        None => (Cell::Empty, None),
    }
}

fn description(row: &RollupRow, charge: &Charge, provider: &str) -> String {
    match (charge.kind, charge.consumed) {
        (Some(kind), _) => format!("{} {}", row.model, kind.words),
        (None, Some((_, charge::TOKENS))) => format!("{} tokens", row.model),
        (None, Some((_, charge::REQUESTS))) => format!("{} requests", row.model),
        (None, _) => format!("{}, billed by {provider}", row.model),
    }
}

fn tags(project: &str, client: Option<&str>) -> String {
    match client {
        Some(client) => json!({"client": client, "project": project}).to_string(),
        None => json!({"project": project}).to_string(),
    }
}

#[cfg(test)]
mod rules;
#[cfg(test)]
mod tests;
