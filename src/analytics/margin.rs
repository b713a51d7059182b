//! What AI costs for a client beside what came in there.
//!
//! Two different kinds of money meet here, so this is strict: no revenue or no spend that is known is no share, never 0.
//! The revenue is the client's, and no project's: projects of one client each stand beside all of it, so their shares add
//! up to the client's, but for the rounding of each.

use std::collections::{BTreeMap, HashMap};

use crate::model::{Breakdown, Cents, Client, Usd};

/// A percent has a hundred of them.
const BASIS_POINTS: i128 = 10_000;

/// Spend and revenue of the same days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margin {
    /// `None` without a project that names the client, and when nothing has a price.
    pub spend: Option<Usd>,
    /// A part of the usage has no price: the spend is more.
    pub is_more: bool,
    /// In US dollars, as the spend is; `None` in another currency, and without orders.
    pub revenue: Option<Cents>,
    pub orders: u64,
}

impl Margin {
    /// Puts the spend of the projects that mean a client beside its revenue.
    #[must_use]
    pub fn of<'a>(
        client: &Client,
        spend: impl IntoIterator<Item = (&'a String, &'a Breakdown)>,
        revenue: Cents,
        orders: u64,
    ) -> Margin {
        let named = spend.into_iter().filter(|(name, _)| client.is_called(name)).map(|(_, part)| part);
        let (mut known, mut is_more) = (None::<Usd>, false);
        for part in named {
            is_more |= part.unpriced;
            known = match (known, part.cost) {
                (None, cost) => cost,
                (some, None) => some,
                (Some(sum), Some(cost)) => Some(sum + cost),
            };
        }
        let in_dollars = client.currency == "USD" && orders > 0;
        Margin { spend: known, is_more, revenue: in_dollars.then_some(revenue), orders }
    }

    /// Puts the spend of each project that is for a client beside the client's revenue, the dearest first. `clients` says
    /// whom a project is for.
    #[must_use]
    pub fn by_project<'a>(
        client: &Client,
        spend: &'a BTreeMap<String, Breakdown>,
        clients: &HashMap<String, String>,
        revenue: Cents,
        orders: u64,
    ) -> Vec<(&'a str, Margin)> {
        let is_theirs = |project: &&String| clients.get(*project).is_some_and(|name| client.is_called(name));
        let of = |project: &'a String| {
            let part = spend.get(project).map(|part| (&client.id, part));
            (project.as_str(), Margin::of(client, part, revenue, orders))
        };
        let mut projects: Vec<_> = spend.keys().filter(is_theirs).map(of).collect();
        projects.sort_by(|one, other| other.1.spend.cmp(&one.1.spend).then_with(|| one.0.cmp(other.0)));
        projects
    }

    /// The spend in hundredths of a percent of the revenue, rounded; `None` when one of them is unknown or there is no
    /// revenue to be a part of.
    #[must_use]
    pub fn basis_points(&self) -> Option<i128> {
        let (spend, revenue) =
            (self.spend?.pico(), self.revenue.filter(|revenue| *revenue > Cents::ZERO)?.usd().pico());
        Some(rounded(spend.checked_mul(BASIS_POINTS)?, revenue))
    }

    /// What AI costs for each order; `None` without orders or without a known spend.
    #[must_use]
    pub fn per_order(&self) -> Option<Usd> {
        let orders = i128::from(self.orders);
        (orders > 0).then_some(())?;
        self.spend.map(|spend| Usd::from_pico(rounded(spend.pico(), orders)))
    }
}

/// `1.24 %`, `<0.01 %`.
#[must_use]
pub fn percent(basis_points: i128, is_something: bool) -> String {
    if basis_points == 0 && is_something {
        return "<0.01 %".to_owned();
    }
    let sign = if basis_points < 0 { "−" } else { "" };
    format!("{sign}{}.{:02} %", basis_points.unsigned_abs() / 100, basis_points.unsigned_abs() % 100)
}

fn rounded(value: i128, by: i128) -> i128 {
    let half = if value < 0 { -by / 2 } else { by / 2 };
    value.saturating_add(half) / by
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn client(currency: &str) -> Client {
        Client { id: "bistro-9".into(), name: "Bistro Nine".into(), currency: currency.into(), ..Client::default() }
    }

    fn spend(parts: &[(&str, Option<&str>, bool)]) -> BTreeMap<String, Breakdown> {
        let part = |(name, cost, unpriced): &(&str, Option<&str>, bool)| {
            let cost = cost.and_then(Usd::parse_dollars);
            ((*name).to_owned(), Breakdown { cost, unpriced: *unpriced, ..Breakdown::default() })
        };
        parts.iter().map(part).collect()
    }

    #[test]
    fn spend_of_the_clients_projects_stands_beside_its_revenue() {
        let spend = spend(&[
            ("Bistro Nine", Some("1.25"), false),
            ("bistro 9", Some("0.0005"), true),
            ("Other", Some("9"), false),
        ]);
        let margin = Margin::of(&client("USD"), &spend, Cents(25_000), 3);
        assert_eq!(margin.spend, Usd::parse_dollars("1.2505"));
        assert!(margin.is_more);
        assert_eq!(margin.basis_points(), Some(50), "1.2505 of 250 is 0.5002 %");
        assert_eq!(margin.per_order(), Usd::parse_dollars("0.416833333333"));
    }

    #[test]
    fn projects_of_a_client_stand_beside_all_of_its_revenue_and_add_up_to_the_client() {
        let spend = spend(&[("menu", Some("0.5"), false), ("till", Some("2"), true), ("blog", Some("9"), false)]);
        let clients = [("menu", "Bistro Nine"), ("till", "bistro 9"), ("blog", "Other")];
        let clients = clients.map(|(project, client)| (project.to_owned(), client.to_owned())).into();
        let parts = Margin::by_project(&client("USD"), &spend, &clients, Cents(25_000), 4);
        let told: Vec<_> = parts.iter().map(|(name, part)| (*name, part.basis_points(), part.is_more)).collect();
        assert_eq!(told, [("till", Some(80), true), ("menu", Some(20), false)]);
        assert_eq!(parts[1].1.per_order(), Usd::parse_dollars("0.125"));
        let all = [("Bistro Nine".to_owned(), Breakdown { cost: Usd::parse_dollars("2.5"), ..Breakdown::default() })];
        let whole = Margin::of(&client("USD"), all.iter().map(|(name, part)| (name, part)), Cents(25_000), 4);
        assert_eq!(whole.basis_points(), Some(100));
        let none = Margin::by_project(&client("USD"), &spend, &clients, Cents::ZERO, 4);
        assert!(none.iter().all(|(_, part)| part.basis_points().is_none()), "no revenue is no share, and not 0 %");
    }

    #[test]
    fn what_is_unknown_is_no_share() {
        let some = spend(&[("Bistro Nine", Some("1"), false)]);
        assert_eq!(Margin::of(&client("EUR"), &some, Cents(100), 1).basis_points(), None);
        assert_eq!(Margin::of(&client("USD"), &some, Cents(0), 1).basis_points(), None);
        let no_orders = Margin::of(&client("USD"), &some, Cents(100), 0);
        assert_eq!((no_orders.basis_points(), no_orders.per_order(), no_orders.revenue), (None, None, None));
        let unpriced = spend(&[("Bistro Nine", None, true)]);
        let margin = Margin::of(&client("USD"), &unpriced, Cents(100), 1);
        assert_eq!((margin.spend, margin.basis_points(), margin.per_order()), (None, None, None));
    }

    #[test]
    fn shares_are_told_with_two_decimals() {
        for (points, something, text) in
            [(124, true, "1.24 %"), (0, true, "<0.01 %"), (0, false, "0.00 %"), (12_345, true, "123.45 %")]
        {
            assert_eq!(percent(points, something), text);
        }
    }
}
