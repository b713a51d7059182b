//! Orders, one line each; and what an address says of which.

use chrono::{DateTime, NaiveDate, SecondsFormat};

use super::Cell;
use crate::model::{DateRange, OrderFilter, OrderRow, Whose};

/// The columns of the table of orders.
pub const ORDERS: &[&str] = &[
    "client",
    "order",
    "number",
    "businessDay",
    "opened",
    "source",
    "state",
    "customer",
    "contact",
    "revenue",
    "tips",
    "refunds",
    "total",
    "currency",
];

/// Days without a first one.
const USUAL_DAYS: u32 = 30;
const PARAMETERS: &str = "client, since, until, search, source, matched, voided, invoices and current";

/// An order as a line; `currency` is the client's.
#[must_use]
pub fn order_row<'a>(row: &'a OrderRow, currency: &'a str) -> Vec<Cell<'a>> {
    let opened = row.opened_ms.and_then(DateTime::from_timestamp_millis);
    vec![
        row.client.as_str().into(),
        row.guid.as_str().into(),
        row.number.as_str().into(),
        row.business_day.into(),
        opened.map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true)).into(),
        row.source.as_str().into(),
        row.state.as_str().into(),
        row.customer.as_str().into(),
        row.link.as_ref().map(|link| link.name.as_str()).into(),
        row.net.into(),
        row.tips.into(),
        row.refunds.into(),
        row.total.into(),
        currency.into(),
    ]
}

/// Which orders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrdersRequest {
    /// None: all of them.
    pub client: Option<String>,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
    search: String,
    source: String,
    matched: Option<bool>,
    without_voided: bool,
    invoices: bool,
    /// Leaves out clients whose last sync failed.
    pub current: bool,
}

impl OrdersRequest {
    /// Reads the query of an address.
    ///
    /// # Errors
    /// With everything that is wrong, a sentence each.
    pub fn parse(query: &[(String, String)]) -> Result<OrdersRequest, Vec<String>> {
        let (mut request, mut problems) = (OrdersRequest::default(), Vec::new());
        for (name, value) in query {
            let mut keep = |read: Result<(), String>| problems.extend(read.err());
            let date = || value.parse().map_err(|_| format!("{name} is a date such as 2026-11-20"));
            let yes = || match value.as_str() {
                "yes" => Ok(true),
                "no" => Ok(false),
                _ => Err(format!("{name} is yes or no")),
            };
            match name.as_str() {
                "client" => request.client = Some(value.clone()).filter(|id| !id.is_empty()),
                "since" => keep(date().map(|date| request.since = Some(date))),
                "until" => keep(date().map(|date| request.until = Some(date))),
                "search" => request.search.clone_from(value),
                "source" => request.source.clone_from(value),
                "matched" => keep(yes().map(|is| request.matched = Some(is))),
                "voided" => keep(yes().map(|is| request.without_voided = !is)),
                "invoices" => keep(yes().map(|is| request.invoices = is)),
                "current" => keep(yes().map(|is| request.current = is)),
                other => {
                    let shown: String = other.chars().filter(|letter| !letter.is_control()).take(40).collect();
                    problems.push(format!("{shown} is not known; there are {PARAMETERS}"));
                }
            }
        }
        if let (Some(since), Some(until)) = (request.since, request.until)
            && since > until
        {
            problems.push(format!("since {since} is after until {until}: no day lies between"));
        }
        if problems.is_empty() { Ok(request) } else { Err(problems) }
    }

    /// The orders meant, of the clients that may be seen.
    #[must_use]
    pub fn filter(&self, whose: Whose, today: NaiveDate) -> OrderFilter {
        let to = self.until.unwrap_or(today);
        let from = self.since.unwrap_or(DateRange::ending(to, USUAL_DAYS).from);
        OrderFilter {
            search: self.search.clone(),
            source: self.source.clone(),
            matched: self.matched,
            voided: !self.without_voided,
            invoices: self.invoices,
            ..OrderFilter::of(whose, DateRange { from, to })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cents, ContactLink};

    fn parse(query: &str) -> Result<OrdersRequest, Vec<String>> {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        OrdersRequest::parse(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn an_address_says_which_orders() {
        let today = "2026-11-21".parse().expect("a date");
        let filter = parse("client=bistro&since=2026-11-01&matched=no&voided=no&invoices=yes").expect("is fine");
        assert_eq!(filter.client.as_deref(), Some("bistro"));
        let filter = filter.filter(Whose::client("bistro"), today);
        assert_eq!(
            (filter.range.days(), filter.matched, filter.voided, filter.invoices),
            (21, Some(false), false, true)
        );
        let usual = parse("").expect("is fine").filter(Whose::Everybody, today);
        assert_eq!((usual.range.days(), usual.voided, usual.invoices), (30, true, false));
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let problems = parse("since=soon&matched=maybe&colour=red").expect_err("is refused");
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(parse("since=2026-11-02&until=2026-11-01").is_err());
    }

    #[test]
    fn a_line_has_a_cell_for_every_column() {
        let link = ContactLink { name: "=Ana".into(), ..ContactLink::default() };
        let row = OrderRow { total: Cents(2_262), link: Some(link), ..OrderRow::default() };
        let cells = order_row(&row, "USD");
        assert_eq!(cells.len(), ORDERS.len());
        assert_eq!(cells[12], Cell::Number("22.62".to_owned()));
        assert_eq!(cells[4], Cell::Empty, "nothing says when");
    }
}
