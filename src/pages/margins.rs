//! AI spend beside revenue in words, as every page says it. Pure.

use crate::analytics::margin::{Margin, percent};
use crate::model::{Cents, Usd};

/// Said wherever a share stands.
pub(super) const ROUNDING: &str = "Shares are rounded to a hundredth of a percent.";

/// A margin as it is shown.
pub(super) struct MarginWords {
    pub spend: String,
    pub revenue: String,
    pub share: String,
    pub per_order: String,
}

pub(super) fn in_words(margin: &Margin, currency: &str) -> MarginWords {
    let no_data = || "no data".to_owned();
    let more = if margin.is_more { " +" } else { "" };
    let something = margin.spend.is_some_and(|spend| spend != Usd::ZERO);
    let share = match (margin.basis_points(), margin.revenue) {
        (Some(points), _) => format!("{}{more}", percent(points, something)),
        (None, Some(revenue)) if revenue <= Cents::ZERO => "no revenue".to_owned(),
        (None, _) => no_data(),
    };
    MarginWords {
        spend: margin.spend.map_or_else(no_data, |spend| format!("{spend}{more}")),
        revenue: margin.revenue.map_or_else(no_data, |revenue| revenue.shown(currency)),
        share,
        per_order: margin.per_order().map_or_else(no_data, |each| format!("{each}{more}")),
    }
}

/// Says what shares of several projects for one client do not say; nothing of one project.
pub(super) fn shared(projects: usize, client: &str) -> Option<String> {
    (projects > 1).then(|| {
        format!(
            "{projects} projects are for {client}. Each stands beside all of its revenue: which part came through which \
             project is not known."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn margin(spend: Option<&str>, revenue: Option<i64>, orders: u64) -> Margin {
        Margin { spend: spend.and_then(Usd::parse_dollars), is_more: false, revenue: revenue.map(Cents), orders }
    }

    #[test]
    fn no_revenue_and_no_data_are_never_zero_percent() {
        for (margin, share, per_order) in [
            (margin(Some("1"), Some(10_000), 4), "1.00 %", "$0.25"),
            (margin(Some("1"), Some(0), 4), "no revenue", "$0.25"),
            (margin(Some("1"), None, 0), "no data", "no data"),
            (margin(None, Some(10_000), 4), "no data", "no data"),
            (margin(Some("0"), Some(10_000), 4), "0.00 %", "$0.00"),
        ] {
            let words = in_words(&margin, "USD");
            assert_eq!((words.share.as_str(), words.per_order.as_str()), (share, per_order), "{margin:?}");
        }
    }
}
