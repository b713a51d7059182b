//! `allclear prices set`: a price of one's own, without an editor.

use std::process::ExitCode;

use chrono::NaiveDate;
use serde_json::Number;

use crate::cli::print;
use crate::config::{ConfigStore, set_price};
use crate::pricing::{Choice, typed_rate};

#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub(crate) struct Args {
    /// The model's name as the logs show it
    model: String,
    /// US dollars per million input tokens
    #[arg(long, value_name = "DOLLARS", value_parser = typed_rate)]
    input: Number,
    /// US dollars per million output tokens
    #[arg(long, value_name = "DOLLARS", value_parser = typed_rate)]
    output: Number,
    /// Reading from the cache [default: as it was, else 0.1 x input]
    #[arg(long, value_name = "DOLLARS", value_parser = typed_rate)]
    cache_read: Option<Number>,
    /// Writing to the cache for five minutes [default: as it was, else 1.25 x input]
    #[arg(long = "cache-write-5m", visible_alias = "cache-write", value_name = "DOLLARS", value_parser = typed_rate)]
    cache_write_5m: Option<Number>,
    /// Writing to the cache for an hour [default: as it was, else 2 x input]
    #[arg(long = "cache-write-1h", value_name = "DOLLARS", value_parser = typed_rate)]
    cache_write_1h: Option<Number>,
    /// The first day (UTC) of this price [default: the model's latest price is changed]
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Print the entry as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &ConfigStore, args: Args) -> anyhow::Result<ExitCode> {
    let choice = Choice {
        model: args.model,
        input: args.input,
        output: args.output,
        cache_write_5m: args.cache_write_5m,
        cache_write_1h: args.cache_write_1h,
        cache_read: args.cache_read,
        from: args.from,
    };
    let (file, entry) = set_price(&config.environment.data_dir, &choice)?;
    if args.json {
        print(&serde_json::to_string_pretty(&entry)?)?;
    } else {
        print(&format!(
            "{} now holds {entry}.\nStored costs are computed again with the next sync, or now by `allclear reprice`.",
            file.display()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
