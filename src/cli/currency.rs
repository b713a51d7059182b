//! `allclear currency update`: the rate of the day, from the European Central Bank or a list in its form.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail, ensure};
use clap::Subcommand;

use super::print;
use crate::config::{ConfigStore, Refusal, TakenRate, take_rate};
use crate::model::{CURRENCY_FILE, Currency, Rate};
use crate::sources::exchange::{DailyRates, ECB_URL, LIST_MAX_BYTES, fetch};

#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Take over what a US dollar is in the currency of the pages
    Update(Args),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A file or address in the form of the European Central Bank's eurofxref-daily.xml [default: that of currency.json,
    /// then the bank's]
    #[arg(long, value_name = "FILE|URL")]
    from: Option<String>,
    /// Another currency than that of the pages
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// Write over a rate the day has already
    #[arg(long)]
    replace: bool,
}

pub(super) async fn run(config: Arc<ConfigStore>, action: Action) -> anyhow::Result<ExitCode> {
    let Action::Update(args) = action;
    let file = config.current().currency.clone();
    let currency = match &args.currency {
        Some(code) => {
            Currency::parse(code).ok_or_else(|| anyhow!("there is no currency \"{code}\"; write one such as EUR"))?
        }
        None => file.currency,
    };
    if currency == Currency::USD {
        bail!(
            "pages show US dollars, which need no rate; choose a currency on the settings page, or name one: --currency EUR"
        );
    }
    let from = args.from.or(file.source).unwrap_or_else(|| ECB_URL.to_owned());
    let text = if from.starts_with("https://") || from.starts_with("http://") {
        fetch(&from).await?
    } else {
        read(Path::new(&from))?
    };
    let list = DailyRates::parse(&text).map_err(|message| anyhow!("{from}: {message}"))?;
    let per_usd = list.per_usd(currency).map_err(|message| anyhow!("{from}: {message}"))?;
    let rate = Rate { from: list.day, per_usd, currency: None };
    let path = config.config_dir().join(CURRENCY_FILE);
    let taken = take_rate(&config.environment.data_dir, currency, rate, args.replace);
    let taken = taken.map_err(|refusal| anyhow!("{}: {}", path.display(), told(refusal)))?;
    print(&words(taken, currency, rate))?;
    Ok(ExitCode::SUCCESS)
}

fn words(taken: TakenRate, currency: Currency, rate: Rate) -> String {
    let (code, day, now) = (currency.code(), rate.from, rate.per_usd);
    match taken {
        TakenRate::Added => format!("From {day} on a US dollar is {now} {code}."),
        TakenRate::Same => format!("Nothing new: on {day} a US dollar is {now} {code}."),
        TakenRate::Kept(known) => {
            format!(
                "Kept: {day} has the rate {} already, and the list says {now}. --replace takes the list's.",
                known.per_usd
            )
        }
        TakenRate::Replaced(known) => format!("From {day} on a US dollar is {now} {code}; it was {}.", known.per_usd),
    }
}

fn told(refusal: Refusal) -> String {
    match refusal {
        Refusal::Invalid(said) => said.join("; "),
        Refusal::Changed => "somebody else has changed it meanwhile; try again".to_owned(),
        Refusal::Broken(message) | Refusal::Failed(message) => message,
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    let reading = || format!("reading the rates {}", path.display());
    let mut text = String::new();
    let mut file = std::fs::File::open(path).with_context(reading)?.take(LIST_MAX_BYTES + 1);
    file.read_to_string(&mut text).with_context(reading)?;
    ensure!(text.len() as u64 <= LIST_MAX_BYTES, "{} is larger than {} MB", path.display(), LIST_MAX_BYTES >> 20);
    Ok(text)
}
