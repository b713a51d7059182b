//! The command line: one file per subcommand.
//!
//! Exit codes: 0 ok, 1 failed, 2 wrong usage. Results go to standard output, the diary and progress to standard error.

mod alerts;
mod clients;
mod completions;
mod config;
mod cron;
mod currency;
pub mod demo;
mod digest;
mod doctor;
mod export;
mod import;
mod machines;
mod orders;
pub(crate) mod prices;
mod push;
pub(crate) mod report;
pub(crate) mod reprice;
mod serve;
mod sync;
mod tokens;
mod users;

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};
use ipnet::IpNet;
use tracing_subscriber::EnvFilter;

use crate::config::{ConfigStore, DEFAULT_ADDR, Environment, Zone};

/// A self-hosted dashboard that keeps itself current: AI token spend, synced, priced and watched.
#[derive(Debug, Parser)]
#[command(name = "allclear", version, about, after_help = "Without a command: serve.")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Args)]
pub struct Global {
    /// Where the database, the published files and the configuration lie
    #[arg(long, env = "ALLCLEAR_DATA_DIR", default_value = "data", global = true)]
    data_dir: PathBuf,
    /// Where the dashboard listens
    #[arg(long, env = "ALLCLEAR_ADDR", default_value = DEFAULT_ADDR, global = true)]
    addr: SocketAddr,
    /// More host names under which the dashboard may be reached, comma-separated
    #[arg(long, env = "ALLCLEAR_ALLOWED_HOSTS", value_delimiter = ',', global = true, hide_env_values = true)]
    allowed_hosts: Vec<String>,
    /// Networks of the reverse proxies before the dashboard, comma-separated, such as 10.0.0.0/8
    #[arg(long, env = "ALLCLEAR_TRUSTED_PROXY", value_delimiter = ',', global = true, value_parser = network)]
    trusted_proxy: Vec<Option<IpNet>>,
    /// IANA time zone to count days in, such as Europe/Berlin [default: sync.json, then the machine's]
    #[arg(long, env = "ALLCLEAR_TIMEZONE", global = true, value_parser = zone)]
    timezone: Option<NamedZone>,
    /// What to log, such as info or allclear=debug [default: info for serve, cron and sync, else warn]
    #[arg(long, env = "ALLCLEAR_LOG", global = true)]
    log: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the dashboard and keep it current
    Serve(serve::Args),
    /// Keep the data current without serving pages
    Cron,
    /// Sync once, now
    Sync(sync::Args),
    /// Read the logs and print what was spent
    Report(report::Args),
    /// Write what was spent for other programs: CSV, JSON or FOCUS
    Export(export::Args),
    /// Take over usage from files of other programs
    Import(import::Args),
    /// Write a week up as Markdown
    Digest(digest::Args),
    /// Check configuration, sources, prices and freshness
    Doctor(doctor::Args),
    /// Make a data folder with a year of made-up data, to look around
    Demo(demo::DemoArgs),
    /// Try the channels alerts are sent to
    #[command(subcommand)]
    Alerts(alerts::Action),
    /// Say which machines may push to this dashboard
    #[command(subcommand)]
    Machines(machines::Action),
    /// Tell another dashboard, a hub, what this machine used
    Push(push::Args),
    /// The customers whose orders are synced
    #[command(subcommand)]
    Clients(clients::Action),
    /// Print what the orders of a client came to
    Orders(orders::Args),
    /// Show, check or explain the configuration files
    #[command(subcommand)]
    Config(config::Action),
    /// Show the prices, set your own, or take over a public price list
    #[command(subcommand)]
    Prices(prices::Action),
    /// What a US dollar is in the currency of the pages
    #[command(subcommand)]
    Currency(currency::Action),
    /// Compute the cost of everything stored again, with the prices in force
    Reprice(reprice::Args),
    /// Who may sign in
    #[command(subcommand)]
    Users(users::Action),
    /// Keys for scripts
    #[command(subcommand)]
    Tokens(tokens::Action),
    /// Print completions for a shell
    Completions(completions::Args),
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let command = cli.command.unwrap_or(Command::Serve(serve::Args::default()));
    let talkative = matches!(command, Command::Serve(_) | Command::Cron | Command::Sync(_));
    start_log(cli.global.log.as_deref(), if talkative { "info" } else { "warn" });
    match run(&cli.global, command) {
        Ok(code) => code,
        Err(error) => {
            say(&format!("allclear: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(global: &Global, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => block_on(true, serve::run(config_of(global)?, args)),
        Command::Cron => block_on(true, cron::run(config_of(global)?)),
        Command::Sync(args) => block_on(false, sync::run(config_of(global)?, args)),
        Command::Report(args) => block_on(false, report::run(config_of(global)?, args)),
        Command::Export(args) => block_on(false, export::run(config_of(global)?, args)),
        Command::Import(args) => block_on(false, import::run(config_of(global)?, args)),
        Command::Digest(args) => block_on(false, digest::run(config_of(global)?, args)),
        Command::Doctor(args) => block_on(false, doctor::run(config_of(global)?, args)),
        Command::Demo(args) => demo::run(args).map(|()| ExitCode::SUCCESS),
        Command::Alerts(action) => block_on(false, alerts::run(config_of(global)?, action)),
        Command::Machines(action) => block_on(false, machines::run(config_of(global)?, action)),
        Command::Push(args) => block_on(true, push::run(config_of(global)?, args)),
        Command::Clients(action) => block_on(false, clients::run(config_of(global)?, action)),
        Command::Orders(args) => block_on(false, orders::run(config_of(global)?, args)),
        Command::Config(action) => config::run(config_of(global)?.as_ref(), &action),
        Command::Prices(action) => block_on(false, prices::run(config_of(global)?, action)),
        Command::Currency(action) => block_on(false, currency::run(config_of(global)?, action)),
        Command::Reprice(args) => block_on(false, reprice::run(config_of(global)?, args)),
        Command::Users(action) => block_on(false, users::run(config_of(global)?, action)),
        Command::Tokens(action) => block_on(false, tokens::run(config_of(global)?, action)),
        Command::Completions(args) => completions::run(&args),
    }
}

/// Runs a command to its end. One thread is enough for a short one, and starts sooner.
fn block_on(threads: bool, work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let mut builder = if threads {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    let runtime = builder.enable_all().build()?;
    let outcome = runtime.block_on(work);
    // A read that hangs (a folder on a server that is gone) must not keep the process from ending.
    runtime.shutdown_timeout(Duration::from_secs(1));
    outcome
}

fn config_of(global: &Global) -> anyhow::Result<Arc<ConfigStore>> {
    let environment = Environment {
        data_dir: global.data_dir.clone(),
        addr: global.addr,
        allowed_hosts: global
            .allowed_hosts
            .iter()
            .map(|host| host.trim().to_ascii_lowercase())
            .filter(|host| !host.is_empty())
            .collect(),
        trusted_proxies: global.trusted_proxy.iter().flatten().copied().collect(),
        zone: global.timezone.and_then(|named| named.0),
        working_folder: std::env::current_dir().ok(),
    };
    let config = ConfigStore::load(environment)?;
    for problem in config.problems() {
        tracing::warn!(file = problem.file, "{}: {}; its defaults are in force", problem.path(), problem.message);
    }
    Ok(Arc::new(config))
}

/// A zone as it was named; an empty name, as a container gives an unset variable, means none.
#[derive(Clone, Copy, Debug)]
struct NamedZone(Option<Zone>);

/// An empty one, as a container gives an unset variable, means none.
fn network(text: &str) -> Result<Option<IpNet>, String> {
    let address = |text: &str| text.parse::<std::net::IpAddr>().ok().map(IpNet::from);
    match text.trim() {
        "" => Ok(None),
        text => {
            text.parse().ok().or_else(|| address(text)).map(Some).ok_or_else(|| {
                "not a network; write one such as 10.0.0.0/8, or an address such as 127.0.0.1".to_owned()
            })
        }
    }
}

fn zone(name: &str) -> Result<NamedZone, String> {
    match Zone::parse(name) {
        _ if name.is_empty() => Ok(NamedZone(None)),
        Some(zone) => Ok(NamedZone(Some(zone))),
        None => Err("not a known time zone; write an IANA name such as Europe/Berlin or UTC".to_owned()),
    }
}

fn start_log(filter: Option<&str>, default: &str) {
    // The counter of lines warns of every extension that is no language; the sessions' layer puts its name on every line.
    let filter =
        filter.map_or_else(|| EnvFilter::new(format!("{default},tokei=error,tower_sessions=warn")), EnvFilter::new);
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .compact()
        .init();
}

/// Says a sentence to the person at the terminal, beside the results.
#[expect(clippy::print_stderr, reason = "the command line speaks here, and nowhere else")]
fn say(sentence: &str) {
    eprintln!("{sentence}");
}

/// Prints a result. A closed pipe (`| head`) is not an error.
fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    match writeln!(std::io::stdout().lock(), "{}", text.trim_end_matches('\n')) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Runs a command line as a test means it: whether it succeeded, or what it says to the person.
#[cfg(test)]
pub(crate) fn run_line(line: &[&str]) -> Result<bool, String> {
    let cli = Cli::try_parse_from(std::iter::once(&"allclear").chain(line)).map_err(|error| error.to_string())?;
    let command = cli.command.ok_or("no command")?;
    let code = run(&cli.global, command).map_err(|error| format!("{error:#}"))?;
    Ok(format!("{code:?}") == format!("{:?}", ExitCode::SUCCESS))
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn a_zone_that_is_none_is_wrong_usage() {
        let zone = |name: &str| super::Cli::try_parse_from(["allclear", "--timezone", name]);
        assert!(zone("Europe/Berlin").is_ok_and(|cli| cli.global.timezone.is_some_and(|zone| zone.0.is_some())));
        assert!(zone("").is_ok_and(|cli| cli.global.timezone.is_some_and(|zone| zone.0.is_none())));
        let error = zone("Mars").expect_err("is refused");
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("IANA"), "{error}");
    }
}
