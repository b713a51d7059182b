//! What the address of the orders says: every filter has a name there, so that a view can be shared and works without
//! JavaScript.

#[cfg(feature = "ssr")]
use chrono::NaiveDate;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::model::DateRange;
use crate::model::{OrderSort, RevenueStep};

/// Which days, by their number; the third is shown when nothing is said.
pub const DAYS: [u32; 5] = [7, 14, 30, 60, 90];
const USUAL_DAYS: u32 = 30;
/// Three years: charts have a bar for every day.
#[cfg(feature = "ssr")]
const LONGEST_DAYS: u32 = 1_096;
/// What "Clear" takes out of an address.
pub const FILTERS: [&str; 11] =
    ["days", "from", "to", "search", "source", "matched", "voided", "invoices", "current", "sort", "page"];

/// The filters of the page, as the address has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdersQuery {
    /// The chosen client; `None` is all of them.
    pub client: Option<String>,
    pub days: String,
    /// `2026-11-01`, both included; they come before `days`.
    pub from: String,
    pub to: String,
    pub search: String,
    pub source: String,
    pub matched: Option<bool>,
    /// Lists what was voided too; it is never revenue.
    pub voided: bool,
    pub invoices: bool,
    /// Leaves out clients whose last sync failed.
    pub current: bool,
    pub sort: OrderSort,
    pub ascending: bool,
    /// From 1.
    pub page: u32,
}

impl OrdersQuery {
    /// Reads an address. `client` is the choice, which may come from elsewhere.
    #[must_use]
    pub fn of_address(query: &ParamsMap, client: Option<String>) -> OrdersQuery {
        let text = |name: &str| query.get(name).unwrap_or_default();
        let sort = text("sort");
        let (descends, key) = sort.strip_prefix('-').map_or((false, sort.as_str()), |key| (true, key));
        let by = OrderSort::parse(key);
        OrdersQuery {
            client,
            days: text("days"),
            from: text("from"),
            to: text("to"),
            search: text("search").trim().to_owned(),
            source: text("source"),
            matched: match text("matched").as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            voided: text("voided") != "no",
            invoices: text("invoices") == "yes",
            current: text("current") == "yes",
            ascending: by.is_some() && !descends,
            sort: by.unwrap_or_default(),
            page: text("page").parse().unwrap_or(1).max(1),
        }
    }

    /// The same, as far as numbers and charts depend on it.
    #[must_use]
    pub fn unpaged(&self) -> OrdersQuery {
        OrdersQuery { page: 1, sort: OrderSort::default(), ascending: false, ..self.clone() }
    }

    /// Whether anything but days and client narrows the orders.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        !self.search.is_empty()
            || !self.source.is_empty()
            || self.matched.is_some()
            || !self.voided
            || self.invoices
            || self.current
    }

    /// The number of days, where the address means one.
    #[must_use]
    pub fn named_days(&self) -> Option<u32> {
        let named = self.from.is_empty() && self.to.is_empty();
        named.then(|| self.days.parse().ok().filter(|days| DAYS.contains(days)).unwrap_or(USUAL_DAYS))
    }
}

#[cfg(feature = "ssr")]
impl OrdersQuery {
    /// Returns the days meant, and what of the address was not followed, in words; empty when all of it was.
    #[must_use]
    pub fn range(&self, today: NaiveDate) -> (DateRange, String) {
        if self.from.is_empty() && self.to.is_empty() {
            let days = self.days.parse().ok().filter(|days| DAYS.contains(days)).unwrap_or(USUAL_DAYS);
            return (DateRange::ending(today, days), String::new());
        }
        match self.custom(today) {
            Ok(range) => range,
            Err(why) => (DateRange::ending(today, USUAL_DAYS), format!("{why}: these are the last {USUAL_DAYS} days.")),
        }
    }

    fn custom(&self, today: NaiveDate) -> Result<(DateRange, String), String> {
        let date = |text: &str, otherwise: NaiveDate| match text.trim() {
            "" => Ok(otherwise),
            text => text.parse().map_err(|_| format!("“{text}” is no date such as {today}")),
        };
        // A business day may have begun elsewhere; later ones are yet to come.
        let to = date(&self.to, today)?.min(today.succ_opt().unwrap_or(today));
        let from = date(&self.from, DateRange::ending(to, USUAL_DAYS).from)?;
        if from > to {
            return Err(format!("{from} is after {to}, so no day lies between"));
        }
        let longest = DateRange::ending(to, LONGEST_DAYS);
        if from < longest.from {
            return Ok((
                longest,
                format!("A view goes over {LONGEST_DAYS} days at most: it begins on {}.", longest.from),
            ));
        }
        Ok((DateRange { from, to }, String::new()))
    }
}

/// Reads the filters of the address.
#[must_use]
pub fn use_orders_query(client: Memo<Option<String>>) -> Memo<OrdersQuery> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| OrdersQuery::of_address(query, client.get())))
}

/// Reads how revenue is added up.
#[must_use]
pub fn use_step() -> Memo<RevenueStep> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("by").and_then(|key| RevenueStep::parse(&key))).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &str)]) -> OrdersQuery {
        let map: ParamsMap = pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        OrdersQuery::of_address(&map, None)
    }

    fn today() -> NaiveDate {
        "2026-11-21".parse().expect("a date")
    }

    #[test]
    fn an_empty_address_is_thirty_days_of_everything_but_invoices() {
        let query = read(&[]);
        let (range, problem) = query.range(today());
        assert_eq!((range.from.to_string().as_str(), range.days(), problem.as_str()), ("2026-10-23", 30, ""));
        assert!(!query.is_narrowed() && !query.invoices && query.page == 1 && query.voided);
        assert_eq!((query.sort, query.ascending), (OrderSort::Opened, false));
    }

    #[test]
    fn every_filter_has_a_name() {
        let query = read(&[
            ("days", "7"),
            ("search", " ana "),
            ("source", "Online"),
            ("matched", "no"),
            ("voided", "no"),
            ("invoices", "yes"),
            ("sort", "-total"),
            ("page", "3"),
        ]);
        assert_eq!(query.range(today()).0.days(), 7);
        assert_eq!((query.search.as_str(), query.source.as_str(), query.matched), ("ana", "Online", Some(false)));
        assert_eq!((query.voided, query.sort, query.ascending, query.page), (false, OrderSort::Total, false, 3));
        assert!(query.is_narrowed() && query.invoices);
        assert!(read(&[("sort", "number")]).ascending);
        assert_eq!(query.unpaged().page, 1);
    }

    #[test]
    fn what_cannot_be_followed_is_said() {
        for (pairs, days, said) in [
            (vec![("days", "8")], 30, ""),
            (vec![("from", "2026-11-20")], 2, ""),
            (vec![("to", "2026-11-10")], 30, ""),
            (vec![("from", "soon")], 30, "“soon” is no date such as 2026-11-21: these are the last 30 days."),
            (vec![("from", "0001-01-01"), ("to", "9999-12-31")], 1_096, "at most: it begins on 2023-11-23"),
            (vec![("from", "2027-01-01"), ("to", "2027-02-01")], 30, "2027-01-01 is after 2026-11-22"),
            (vec![("from", "2026-11-20"), ("to", "2026-11-01")], 30, "2026-11-20 is after 2026-11-01"),
        ] {
            let (range, problem) = read(&pairs).range(today());
            assert_eq!(range.days(), days, "{pairs:?}");
            assert!(problem.contains(said) && said.is_empty() == problem.is_empty(), "{pairs:?}: {problem}");
        }
        assert_eq!(read(&[("page", "x")]).page, 1);
    }
}
