//! What an order comes to, by Toast's guidance for reports.
//!
//! Of each check that is neither voided nor deleted:
//!
//! - items: of each top-level selection that is neither voided nor deferred, its price before discounts less its own
//!   discounts. Modifiers are in that price: they are not added again;
//! - net: items, less the discounts of the check, plus service charges that are neither a gratuity nor a collection;
//! - gross: the same without any discount;
//! - tips: tips of payments that count, and gratuities. No part of net;
//! - gift cards and the like (deferred) are paid, and no revenue;
//! - refunds stand apart, by the day they were given: they do not change the day of the sale.
//!
//! A discount that is void does not count. Whether the order itself counts is said by its state.

use super::wire::{Check, Discount, Order, Payment, Selection, ServiceCharge};
use crate::model::{AdjustmentKind, Cents, OrderAmounts, OrderState};

/// Payments with these states brought money; one that has none is cash. A state nobody knows is not counted.
const COUNTED: [&str; 3] = ["AUTHORIZED", "CAPTURE_IN_PROGRESS", "CAPTURED"];
const VOID: [&str; 2] = ["VOID", "PENDING_VOID"];
const FUNDRAISING: &str = "FUNDRAISING_CAMPAIGN";
const CLOSED: &str = "CLOSED";

/// Whether an order counts; one whose checks are all void is void.
pub(super) fn state(order: &Order<'_>) -> OrderState {
    let all = |is: fn(&Check<'_>) -> bool| !order.checks.is_empty() && order.checks.iter().all(is);
    if order.deleted || all(|check| check.deleted) {
        OrderState::Deleted
    } else if order.voided || all(|check| check.voided || check.deleted) {
        OrderState::Voided
    } else if order.created_in_test_mode {
        OrderState::Test
    } else if order.checks.iter().filter(|check| holds(check)).all(is_closed) {
        OrderState::Closed
    } else {
        OrderState::Open
    }
}

/// Adds up an order.
pub(super) fn amounts(order: &Order<'_>) -> OrderAmounts {
    let mut sums = OrderAmounts::default();
    for check in order.checks.iter().filter(|check| holds(check)) {
        add(&mut sums, check);
    }
    sums
}

fn add(sums: &mut OrderAmounts, check: &Check<'_>) {
    for selection in check.selections.iter().filter(|selection| !selection.voided) {
        if selection.deferred {
            sums.gift_cards += selection.price.0;
            continue;
        }
        let (gross, discount) = (gross(selection), discounts(&selection.applied_discounts));
        sums.gross += gross;
        sums.discounts += discount;
        sums.net += gross - discount;
    }
    let of_check = discounts(&check.applied_discounts);
    sums.discounts += of_check;
    sums.net += -of_check;
    for charge in &check.applied_service_charges {
        let amount = charge.charge_amount.0;
        match kind(charge) {
            AdjustmentKind::Gratuity => sums.tips += amount,
            AdjustmentKind::ServiceCharge => {
                sums.service_charges += amount;
                sums.net += amount;
                sums.gross += amount;
            }
            _ => {}
        }
    }
    sums.tips += check.payments.iter().filter(|payment| counts(payment)).map(|payment| payment.tip_amount.0).sum();
    sums.refunds +=
        check.payments.iter().filter_map(|payment| payment.refund.as_ref()).map(|refund| refund.refund_amount.0).sum();
    sums.tax += check.tax_amount.0;
    sums.total += check.total_amount.0;
}

/// Whether a check is part of its order.
pub(super) fn holds(check: &Check<'_>) -> bool {
    !check.voided && !check.deleted
}

fn is_closed(check: &Check<'_>) -> bool {
    check.payment_status.as_deref() == Some(CLOSED)
}

/// What a selection costs before discounts, modifiers included.
pub(super) fn gross(selection: &Selection<'_>) -> Cents {
    match selection.pre_discount_price {
        Some(price) => price.0,
        None => selection.price.0 + discounts(&selection.applied_discounts),
    }
}

pub(super) fn discounts(discounts: &[Discount<'_>]) -> Cents {
    discounts.iter().filter(|discount| is_applied(discount)).map(discounted).sum()
}

pub(super) fn discounted(discount: &Discount<'_>) -> Cents {
    discount.non_tax_discount_amount.unwrap_or(discount.discount_amount).0
}

pub(super) fn is_applied(discount: &Discount<'_>) -> bool {
    !discount.processing_state.as_deref().is_some_and(|state| VOID.contains(&state))
}

pub(super) fn kind(charge: &ServiceCharge<'_>) -> AdjustmentKind {
    if charge.gratuity {
        AdjustmentKind::Gratuity
    } else if charge.service_charge_category.as_deref() == Some(FUNDRAISING) {
        AdjustmentKind::Fundraising
    } else {
        AdjustmentKind::ServiceCharge
    }
}

/// Whether a payment brought money.
pub(super) fn counts(payment: &Payment<'_>) -> bool {
    payment.void_info.is_none() && payment.payment_status.as_deref().is_none_or(|status| COUNTED.contains(&status))
}
