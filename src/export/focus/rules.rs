//! The rules of the FOCUS columns, written from the specification and not from the writer: what a file must obey to be
//! read by others.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Utc};
use serde_json::Value;

use crate::model::Usd;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Decimal,
    DateTime,
    Text,
    Json,
    OneOf(&'static [&'static str]),
}

pub(super) struct Column {
    pub name: &'static str,
    pub kind: Type,
    /// Mandatory, and never null.
    pub required: bool,
}

const fn column(name: &'static str, kind: Type, required: bool) -> Column {
    Column { name, kind, required }
}

const CATEGORIES: &[&str] = &["Usage", "Purchase", "Tax", "Credit", "Adjustment"];
const PRICINGS: &[&str] = &["Standard", "Dynamic", "Committed", "Other"];
const FREQUENCIES: &[&str] = &["One-Time", "Recurring", "Usage-Based"];
const SERVICES: &[&str] = &[
    "AI and Machine Learning",
    "Analytics",
    "Business Applications",
    "Compute",
    "Databases",
    "Developer Tools",
    "Identity",
    "Integration",
    "Internet of Things",
    "Management and Governance",
    "Media",
    "Migration",
    "Mobile",
    "Multicloud",
    "Networking",
    "Other",
    "Security",
    "Storage",
    "Web",
];

/// FOCUS 1.2, with the names of 1.3.
pub(super) const COLUMNS: &[Column] = &[
    column("BilledCost", Type::Decimal, true),
    column("EffectiveCost", Type::Decimal, true),
    column("ContractedCost", Type::Decimal, true),
    column("ListCost", Type::Decimal, true),
    column("BillingAccountId", Type::Text, true),
    column("BillingAccountName", Type::Text, true),
    column("BillingCurrency", Type::OneOf(&["USD"]), true),
    column("BillingPeriodStart", Type::DateTime, true),
    column("BillingPeriodEnd", Type::DateTime, true),
    column("ChargePeriodStart", Type::DateTime, true),
    column("ChargePeriodEnd", Type::DateTime, true),
    column("ChargeCategory", Type::OneOf(CATEGORIES), true),
    column("ChargeClass", Type::OneOf(&["Correction"]), false),
    column("ChargeDescription", Type::Text, false),
    column("ChargeFrequency", Type::OneOf(FREQUENCIES), true),
    column("PricingQuantity", Type::Decimal, false),
    column("PricingUnit", Type::Text, false),
    column("ProviderName", Type::Text, true),
    column("PublisherName", Type::Text, true),
    column("InvoiceIssuerName", Type::Text, true),
    column("ServiceCategory", Type::OneOf(SERVICES), true),
    column("ServiceName", Type::Text, true),
    column("ServiceSubcategory", Type::OneOf(&["Generative AI"]), true),
    column("InvoiceId", Type::Text, false),
    column("ConsumedQuantity", Type::Decimal, false),
    column("ConsumedUnit", Type::Text, false),
    column("PricingCategory", Type::OneOf(PRICINGS), false),
    column("ListUnitPrice", Type::Decimal, false),
    column("ContractedUnitPrice", Type::Decimal, false),
    column("SkuId", Type::Text, false),
    column("SkuPriceId", Type::Text, false),
    column("SkuMeter", Type::Text, false),
    column("SkuPriceDetails", Type::Json, false),
    column("ResourceId", Type::Text, false),
    column("ResourceName", Type::Text, false),
    column("ResourceType", Type::Text, false),
    column("SubAccountId", Type::Text, false),
    column("SubAccountName", Type::Text, false),
    column("SubAccountType", Type::Text, false),
    column("Tags", Type::Json, false),
    column("ServiceProviderName", Type::Text, true),
    column("HostProviderName", Type::Text, true),
];

type Fields<'a> = HashMap<&'a str, &'a str>;

/// Reads a file and says everything that is wrong with it; returns its rows.
pub(super) fn check(text: &str) -> (Vec<HashMap<String, String>>, Vec<String>) {
    let mut problems = Vec::new();
    if !text.ends_with("\r\n") || text.replace("\r\n", "").contains('\r') {
        problems.push("lines end in CRLF".to_owned());
    }
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().expect("has a header").iter().map(str::to_owned).collect();
    let first_own = header.iter().position(|name| name.starts_with("x_")).unwrap_or(header.len());
    let (standard, own) = header.split_at(first_own);
    for column in COLUMNS.iter().filter(|column| !standard.iter().any(|name| name == column.name)) {
        problems.push(format!("{} is missing", column.name));
    }
    for name in standard.iter().filter(|name| !COLUMNS.iter().any(|column| column.name == name.as_str())) {
        problems.push(format!("{name} is no column of FOCUS"));
    }
    if own.iter().any(|name| !name.starts_with("x_")) || !standard.is_sorted() || !own.is_sorted() {
        problems.push("own columns come last, and each part is in the order of the alphabet".to_owned());
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.expect("has as many fields as the header");
        let fields: Fields<'_> = header.iter().map(String::as_str).zip(record.iter()).collect();
        problems.extend(COLUMNS.iter().filter_map(|column| value_problem(column, fields.get(column.name)?)));
        problems.extend(row_problems(&fields));
        rows.push(fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    }
    (rows, problems)
}

fn value_problem(column: &Column, value: &str) -> Option<String> {
    let name = column.name;
    if value.is_empty() {
        return column.required.then(|| format!("{name} is null"));
    }
    let placeholder = ["N/A", "n/a", "null", "NULL", "None", "-", "Unknown"].contains(&value);
    let fine = match column.kind {
        Type::Decimal => is_decimal(value),
        Type::DateTime => instant(value).is_some_and(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string() == value),
        Type::OneOf(allowed) => allowed.contains(&value),
        Type::Json => matches!(serde_json::from_str(value), Ok(Value::Object(_))),
        Type::Text => !value.starts_with(['=', '+', '-', '@', '\t', '\r']) && value.trim() == value,
    };
    (placeholder || !fine).then(|| format!("{name} must not be {value:?}"))
}

/// Digits, one point, a minus; no sign, comma, symbol or space besides.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    all(whole) && all(fraction) && text != "-0"
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}

fn money(fields: &Fields<'_>, name: &str) -> Option<Usd> {
    Usd::parse_dollars(fields.get(name)?)
}

/// What must hold between the columns of a row.
fn row_problems(fields: &Fields<'_>) -> Vec<String> {
    let given = |name: &str| fields.get(name).is_some_and(|value| !value.is_empty());
    let at = |name: &str| fields.get(name).and_then(|value| instant(value));
    let is = |name: &str, value: &str| fields.get(name) == Some(&value);
    let product = |price: &str| -> Option<Usd> {
        let (price, quantity) = (money(fields, price)?, money(fields, "PricingQuantity")?);
        Some(Usd::from_pico(price.pico() * quantity.pico() / 1_000_000_000_000))
    };
    let usage = is("ChargeCategory", "Usage");
    let month = |name: &str| at(name).map(|at| (at.year(), at.month()));
    let rules = [
        (at("ChargePeriodStart") < at("ChargePeriodEnd"), "a charge period has a length"),
        (
            at("BillingPeriodStart") <= at("ChargePeriodStart") && at("ChargePeriodEnd") <= at("BillingPeriodEnd"),
            "a charge lies in its billing period",
        ),
        (month("BillingPeriodStart") < month("BillingPeriodEnd"), "a billing period is a month"),
        (!usage || given("PricingQuantity") && given("PricingUnit"), "usage has a pricing quantity and unit"),
        (!usage || given("ConsumedQuantity") && given("ConsumedUnit"), "usage has a consumed quantity and unit"),
        (usage || !given("ConsumedQuantity") && !given("ConsumedUnit"), "nothing else was consumed"),
        (!usage || given("PricingCategory"), "usage has a pricing category"),
        (given("PricingQuantity") == given("PricingUnit"), "a quantity has a unit"),
        (given("ResourceId") || !given("ResourceType") && !given("ResourceName"), "a type is of a resource"),
        (given("ResourceId") == given("ResourceType"), "a resource has a type"),
        (given("SubAccountId") == given("SubAccountType"), "a sub account has a type"),
        (given("SkuId") || !given("SkuPriceId"), "a price is of a SKU"),
        (given("SkuPriceId") || !given("SkuPriceDetails"), "details are of a price"),
        (given("ListUnitPrice") == given("SkuPriceId"), "a unit price has an id"),
        (product("ListUnitPrice").is_none_or(|cost| Some(cost) == money(fields, "ListCost")), "list price × quantity"),
        (
            product("ContractedUnitPrice").is_none_or(|cost| Some(cost) == money(fields, "ContractedCost")),
            "contracted price × quantity",
        ),
        (!is("PricingUnit", "") || !usage, "a unit is named"),
        (details_are_own(fields.get("SkuPriceDetails").copied().unwrap_or_default()), "own details begin with x_"),
    ];
    let said = || format!("in {:?}", fields.get("ChargeDescription"));
    rules.into_iter().filter(|(holds, _)| !holds).map(|(_, rule)| format!("{rule} {}", said())).collect()
}

fn details_are_own(details: &str) -> bool {
    match serde_json::from_str(details) {
        Ok(Value::Object(details)) => details.keys().all(|key| key.starts_with("x_")),
        _ => details.is_empty(),
    }
}
