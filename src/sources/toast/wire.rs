//! An order as Toast sends it: what of it is read, borrowed from the answer.
//!
//! Nothing but the order's id and its business day must be there: every other field may be missing or null, and every
//! word may be one that did not exist yesterday.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};

use super::fields::{BusinessDay, Money, Quantity};
use crate::sources::provider::Name;

/// `null` and a missing field are the same.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order<'a> {
    #[serde(borrow)]
    pub guid: Name<'a>,
    pub business_date: BusinessDay,
    #[serde(borrow, default)]
    pub display_number: Option<Name<'a>>,
    #[serde(borrow, default)]
    pub source: Option<Name<'a>>,
    #[serde(borrow, default)]
    pub created_date: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub opened_date: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub modified_date: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub paid_date: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub closed_date: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "or_default")]
    pub voided: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub deleted: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub created_in_test_mode: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub number_of_guests: i64,
    #[serde(borrow, default, deserialize_with = "or_default")]
    pub checks: Vec<Check<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Check<'a> {
    #[serde(borrow, default)]
    pub payment_status: Option<Name<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    pub voided: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub deleted: bool,
    #[serde(default)]
    pub tax_amount: Money,
    #[serde(default)]
    pub total_amount: Money,
    #[serde(borrow, default, deserialize_with = "or_default")]
    pub selections: Vec<Selection<'a>>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    pub applied_discounts: Vec<Discount<'a>>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    pub applied_service_charges: Vec<ServiceCharge<'a>>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    pub payments: Vec<Payment<'a>>,
    #[serde(borrow, default)]
    pub customer: Option<Customer<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Selection<'a> {
    #[serde(borrow, default)]
    pub display_name: Option<Name<'a>>,
    #[serde(default)]
    pub quantity: Quantity,
    #[serde(default)]
    pub pre_discount_price: Option<Money>,
    #[serde(default)]
    pub price: Money,
    #[serde(default)]
    pub tax: Money,
    #[serde(default, deserialize_with = "or_default")]
    pub voided: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub deferred: bool,
    #[serde(default)]
    pub refund_details: Option<ItemRefund>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    pub applied_discounts: Vec<Discount<'a>>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    pub modifiers: Vec<Selection<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ItemRefund {
    #[serde(default)]
    pub refund_amount: Money,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Discount<'a> {
    #[serde(borrow, default)]
    pub name: Option<Name<'a>>,
    #[serde(default)]
    pub non_tax_discount_amount: Option<Money>,
    #[serde(default)]
    pub discount_amount: Money,
    #[serde(borrow, default)]
    pub processing_state: Option<Name<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceCharge<'a> {
    #[serde(borrow, default)]
    pub name: Option<Name<'a>>,
    #[serde(default)]
    pub charge_amount: Money,
    #[serde(default, deserialize_with = "or_default")]
    pub gratuity: bool,
    #[serde(borrow, default)]
    pub service_charge_category: Option<Name<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payment<'a> {
    #[serde(borrow, default, rename = "type")]
    pub kind: Option<Name<'a>>,
    #[serde(borrow, default)]
    pub card_type: Option<Name<'a>>,
    #[serde(borrow, default, rename = "last4Digits")]
    pub last_digits: Option<Name<'a>>,
    #[serde(default)]
    pub amount: Money,
    #[serde(default)]
    pub tip_amount: Money,
    #[serde(borrow, default)]
    pub paid_date: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub payment_status: Option<Name<'a>>,
    #[serde(default)]
    pub refund: Option<Refund>,
    #[serde(default)]
    pub void_info: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refund {
    #[serde(default)]
    pub refund_amount: Money,
    #[serde(default)]
    pub tip_refund_amount: Money,
    #[serde(default)]
    pub refund_business_date: Option<BusinessDay>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Customer<'a> {
    #[serde(borrow, default)]
    pub first_name: Option<Name<'a>>,
    #[serde(borrow, default)]
    pub last_name: Option<Name<'a>>,
    #[serde(borrow, default)]
    pub email: Option<Name<'a>>,
    #[serde(borrow, default)]
    pub phone: Option<Name<'a>>,
}
