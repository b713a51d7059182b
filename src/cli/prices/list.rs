//! `allclear prices list`: the prices in force today, or what has none.

use std::process::ExitCode;

use chrono::{NaiveDate, Utc};
use serde::Serialize;

use crate::analytics::{UnpricedModel, unpriced};
use crate::cli::print;
use crate::cli::report::rows;
use crate::config::ConfigStore;
use crate::pricing::{PriceRow, Prices};
use crate::sources::Source;
use crate::store::Store;
use crate::sync::Judge;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// List the models that were used and have no price
    #[arg(long)]
    unpriced: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &ConfigStore, args: &Args) -> anyhow::Result<ExitCode> {
    let current = config.current();
    let priced = current.prices.in_force(Utc::now().date_naive());
    if args.unpriced {
        let store = Store::open(&config.environment.data_dir).await?;
        let stored = Judge::stored_zone(&store, Source::ClaudeCode).await?.unwrap_or(current.zone);
        let rows = rows(&current, &store, stored, None).await?;
        store.close().await;
        let names: Vec<&str> = priced.iter().map(|row| row.model.as_str()).collect();
        let models = unpriced(&rows, &names);
        print(&if args.json { serde_json::to_string_pretty(&models)? } else { unpriced_table(&models) })?;
    } else {
        let lines: Vec<Line<'_>> = priced.into_iter().map(Line::of).collect();
        print(&if args.json { serde_json::to_string_pretty(&lines)? } else { table(&lines) })?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A price, as `--json` prints it: US dollars per million tokens.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    model: &'a str,
    aliases: &'a [String],
    provider: &'a str,
    #[serde(flatten)]
    prices: Prices,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    /// `built-in`, `updated` or `own`.
    origin: &'static str,
    source: &'a str,
}

impl Line<'_> {
    fn of(row: &PriceRow) -> Line<'_> {
        Line {
            model: &row.model,
            aliases: &row.aliases,
            provider: &row.provider,
            prices: row.prices(),
            from: row.effective_from,
            to: row.effective_to,
            origin: row.origin.as_str(),
            source: &row.source,
        }
    }
}

fn table(lines: &[Line<'_>]) -> String {
    let width = lines.iter().map(|line| line.model.chars().count()).max().unwrap_or(0).clamp(10, 60);
    let mut text = format!(
        "US dollars per million tokens\n\n{:<width$} {:>10} {:>10} {:>10} {:>10} {:>10}  table\n",
        "", "input", "write 5m", "write 1h", "read", "output"
    );
    for line in lines {
        let mut row = |name: &str, rates: &crate::pricing::RateLine, origin: &str| {
            let [input, write_5m, write_1h, read, output] = rates.named().map(|(_, rate)| rate.to_string());
            text += &format!(
                "{name:<width$} {input:>10} {write_5m:>10} {write_1h:>10} {read:>10} {output:>10}  {origin}\n"
            );
        };
        row(line.model, &line.prices.base, line.origin);
        for tier in &line.prices.tiers {
            row(&format!("  above {} tokens of prompt", tier.above_prompt_tokens), &tier.rates, "");
        }
    }
    text
}

fn unpriced_table(models: &[UnpricedModel]) -> String {
    let Some(first) = models.first() else { return "Every model that was used has a price.".to_owned() };
    let width = models.iter().map(|model| model.model.chars().count()).max().unwrap_or(0).clamp(10, 60);
    let mut text = format!(
        "{:<width$} {:>15} {:>13} {:>9}  {:<10} {:<10} {:<12} similar\n",
        "", "tokens in", "tokens out", "messages", "first", "last", "source"
    );
    for model in models {
        text += &format!(
            "{:<width$} {:>15} {:>13} {:>9}  {} {} {:<12} {}\n",
            model.model,
            model.tokens_in,
            model.tokens_out,
            model.messages,
            model.first_day,
            model.last_day,
            model.source,
            model.similar.as_deref().unwrap_or("-")
        );
    }
    text + &format!("\nTo price one: allclear prices set '{}' --input DOLLARS --output DOLLARS\n", first.model)
}
