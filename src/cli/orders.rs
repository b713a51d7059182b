//! `allclear orders`: what the orders of a client came to.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::config::ConfigStore;
use crate::model::{Cents, DateRange, OrderFilter, OrderSums, Whose};
use crate::store::Store;

/// Days, when none are named; today is the last.
const DAYS: u32 = 30;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The client's id
    #[arg(long, value_name = "ID")]
    client: String,
    /// The first business day, such as 2026-11-01
    #[arg(long, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// The last business day [default: today]
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// Count invoices too
    #[arg(long)]
    invoices: bool,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: Arc<ConfigStore>, args: Args) -> anyhow::Result<ExitCode> {
    let store = Store::open(&config.environment.data_dir).await?;
    let answer = answer(&store, &config, &args).await;
    store.close().await;
    super::print(&answer?)?;
    Ok(ExitCode::SUCCESS)
}

async fn answer(store: &Store, config: &ConfigStore, args: &Args) -> anyhow::Result<String> {
    let clients = store.clients().await?;
    let client = clients.iter().find(|client| client.id == args.client);
    let client = client.with_context(|| format!("there is no client “{}”: `allclear clients list`", args.client))?;
    let today = config.current().zone.date(chrono::Utc::now());
    let to = args.until.unwrap_or(today);
    let from = args.since.unwrap_or_else(|| DateRange::ending(to, DAYS).from);
    anyhow::ensure!(from <= to, "{from} is after {to}, so no day lies between");
    let range = DateRange { from, to };
    let filter = OrderFilter { invoices: args.invoices, ..OrderFilter::of(Whose::client(&client.id), range) };
    let sums = store.order_sums(&filter).await?;
    if args.json {
        return Ok(serde_json::to_string_pretty(&as_json(&sums, &client.currency, range)?)?);
    }
    let money = |amount: Cents| amount.shown(&client.currency);
    Ok(format!(
        "{} from {from} to {to}: {} orders, net sales {}, gross {}, discounts {}, tax {}, tips {}, refunds {}",
        client.name,
        sums.orders,
        money(sums.net),
        money(sums.gross),
        money(sums.discounts),
        money(sums.tax),
        money(sums.tips),
        money(sums.refunds)
    ))
}

fn as_json(sums: &OrderSums, currency: &str, range: DateRange) -> anyhow::Result<Value> {
    let money = |amount: Cents| serde_json::from_str::<Value>(&amount.plain());
    Ok(json!({
        "from": range.from, "to": range.to, "orders": sums.orders, "netSales": money(sums.net)?,
        "gross": money(sums.gross)?, "discounts": money(sums.discounts)?, "tax": money(sums.tax)?,
        "tips": money(sums.tips)?, "refunds": money(sums.refunds)?, "currency": currency,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_a_decimal_of_the_clients_currency() {
        let sums =
            OrderSums { orders: 2, net: Cents(123_456), tips: Cents(5), refunds: Cents(-100), ..OrderSums::default() };
        let day = NaiveDate::from_ymd_opt(2026, 11, 1).expect("a day");
        let json = as_json(&sums, "CAD", DateRange { from: day, to: day }).expect("writes").to_string();
        for part in
            ["\"netSales\":1234.56", "\"tips\":0.05", "\"refunds\":-1.0", "\"orders\":2", "\"currency\":\"CAD\""]
        {
            assert!(json.contains(part), "{part} in {json}");
        }
    }
}
