//! `allclear prices update`: a public price list, taken over as far as it can be believed.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use chrono::Utc;

use crate::cli::{print, say};
use crate::config::{ConfigStore, UPDATED_FILE, update_prices};
use crate::pricing::{Changed, LIST_MAX_BYTES, LITELLM_URL, Prices, RateLine, Shorter, UpdateReport};
use crate::sources::http::{Api, Http, Limits, Retry, Waiting};

/// Names of each kind printed for people; `--json` has all of them.
const NAMES_SHOWN: usize = 20;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A file or address of LiteLLM's model_prices_and_context_window.json or models.dev's api.json
    #[arg(long, value_name = "FILE|URL", default_value = LITELLM_URL)]
    from: String,
    /// Say what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Take a list over that has far fewer models than the one before
    #[arg(long)]
    accept_shorter: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &ConfigStore, args: Args) -> anyhow::Result<ExitCode> {
    let text = if args.from.starts_with("https://") || args.from.starts_with("http://") {
        fetch(&args.from).await?
    } else {
        read(Path::new(&args.from))?
    };
    let shorter = if args.accept_shorter { Shorter::Accept } else { Shorter::Refuse };
    let today = Utc::now().date_naive();
    let report = update_prices(&config.environment.data_dir, &text, &args.from, today, shorter, args.dry_run)?;
    let written = (!args.dry_run).then(|| config.environment.data_dir.join(UPDATED_FILE));
    print(&if args.json { serde_json::to_string_pretty(&report)? } else { told(&report, written.as_deref()) })?;
    Ok(ExitCode::SUCCESS)
}

/// Gets a list from the network, with no key and no more than [`LIST_MAX_BYTES`].
async fn fetch(url: &str) -> anyhow::Result<String> {
    const ATTEMPTS: u32 = 3;
    // From the third slash on it is a path; hosts of files need no query.
    let at = url.match_indices('/').nth(2).map_or(url.len(), |(at, _)| at);
    let (host, path) = url.split_at(at);
    let api = Api::new("The price list", host, "--from")?.serving_text();
    let (_running, stopping) = tokio::sync::watch::channel(false);
    let http = Http::new(Limits { body_bytes: LIST_MAX_BYTES, ..Limits::default() }, stopping)?;
    let tell = |waiting: Waiting| say(&waiting.to_string());
    let body = http.get(&api.request(path), &Retry::new(ATTEMPTS, &tell)).await.with_context(|| {
        format!("getting {url}; where there is no network, download the list elsewhere and name the file: --from FILE")
    })?;
    String::from_utf8(body.to_vec()).context("the list is not UTF-8 text")
}

fn read(path: &Path) -> anyhow::Result<String> {
    let reading = || format!("reading the price list {}", path.display());
    let mut file = std::fs::File::open(path).with_context(reading)?;
    let mut text = String::new();
    let limit = u64::try_from(LIST_MAX_BYTES)?.saturating_add(1);
    file.by_ref().take(limit).read_to_string(&mut text).with_context(reading)?;
    ensure!(text.len() <= LIST_MAX_BYTES, "{} is larger than {} MB", path.display(), LIST_MAX_BYTES >> 20);
    Ok(text)
}

fn told(report: &UpdateReport, written: Option<&Path>) -> String {
    let counts = report.counts;
    let mut text = format!(
        "{} lists {} models: {} new, {} changed, {} as they were, {} refused.\n",
        report.format, counts.listed, counts.added, counts.changed, counts.unchanged, counts.refused
    );
    if !report.changed.is_empty() {
        text += &format!("\nChanged from {} on, per million tokens:\n", report.fetched);
        report.changed.iter().for_each(|changed| text += &format!("  {}\n", difference(changed)));
    }
    let added = report
        .added
        .iter()
        .map(|added| format!("{}: input {}, output {}", added.model, added.price.base.input, added.price.base.output));
    text += &section("New, per million tokens", added);
    text += &section("Refused", report.refused.iter().map(|refusal| format!("{}: {}", refusal.model, refusal.reason)));
    text += &section("Left out", report.skipped.iter().map(|(what, count)| format!("{count} {what}")));
    text += &written.map_or_else(
        || "\nNothing was written.\n".to_owned(),
        |file| {
            format!(
                "\nWritten to {}. Your own prices in config/prices.json win over it.\n\
                 Stored costs are computed again with the next sync, or now by `allclear reprice`.\n",
                file.display()
            )
        },
    );
    text
}

fn section(title: &str, lines: impl ExactSizeIterator<Item = String>) -> String {
    let count = lines.len();
    if count == 0 {
        return String::new();
    }
    let mut text = format!("\n{title}:\n");
    lines.take(NAMES_SHOWN).for_each(|line| text += &format!("  {line}\n"));
    if count > NAMES_SHOWN {
        text += &format!("  and {} more; --json names them all\n", count - NAMES_SHOWN);
    }
    text
}

/// `claude-x: input $5.00 → $4.00; above 200000 tokens: output $30.00 → $25.00; batch: input $2.50 → $2.00`.
fn difference(changed: &Changed) -> String {
    let sizes = |prices: &Prices| prices.tiers.iter().map(|tier| tier.above_prompt_tokens).collect::<Vec<_>>();
    let mut tiers = [sizes(&changed.old), sizes(&changed.new)].concat();
    tiers.sort_unstable();
    tiers.dedup();
    let levels = std::iter::once(None).chain(tiers.into_iter().map(Some)).filter_map(|above| {
        let size = above.map_or(0, |above: u64| above.saturating_add(1));
        let rates = differing(changed.old.at(size), changed.new.at(size))?;
        Some(above.map_or_else(|| rates.clone(), |above| format!("above {above} tokens: {rates}")))
    });
    let services = changed.new.services.iter().filter_map(|(service, new)| {
        let rates = match changed.old.services.get(service) {
            Some(old) => differing(old, new)?,
            None => format!("input {}, output {}, new", new.input, new.output),
        };
        Some(format!("{service}: {rates}"))
    });
    format!("{}: {}", changed.model, levels.chain(services).collect::<Vec<_>>().join("; "))
}

/// The rates that are not what they were; `None` when all are.
fn differing(old: &RateLine, new: &RateLine) -> Option<String> {
    let pairs = old.named().into_iter().zip(new.named()).filter(|((_, old), (_, new))| old != new);
    let rates: Vec<String> = pairs.map(|((kind, old), (_, new))| format!("{kind} {old} → {new}")).collect();
    (!rates.is_empty()).then(|| rates.join(", "))
}
