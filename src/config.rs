//! The user's choices: environment and `data/config/*.json` → one validated [`Config`].
//!
//! Every file is optional and refuses unknown keys. A broken file changes nothing: the last good value stays (the
//! default at start-up), and the problem is kept beside the configuration, to be shown. What a form or a script changes is
//! written back by `save`. Never holds a secret: a key is
//! read where it is used, as a [`Secret`].

mod alerts;
mod channels;
mod currency;
mod files;
mod prices;
mod projects;
mod save;
mod schedule;
mod secret;
mod sign_in;
mod vault;
mod zone;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::NaiveDate;
use ipnet::IpNet;

use crate::model::{AlertsFile, BudgetFile, Budgets, CURRENCY_FILE, CurrencyFile, Overlap, ProjectsFile, Shown};
use crate::pricing::PriceTable;
use crate::sources::Source;
pub use alerts::ALERTS_FILE;
pub use channels::{
    CHANNELS_FILE, Channel, ChannelKind, ChannelsFile, DigestTimes, Due, Every, Key, Keys, MAIL_PORTS, MailTls,
    WEB_PORTS,
};
pub use currency::{TakenRate, take_rate};
pub use files::{SourceConfig, SourcesFile, SyncFile, example};
pub use prices::{UPDATED_FILE, check_price, put_price_back, remove_price, set_price, update_prices};
pub use save::{Choices, Refusal, change_choices, parse_choices, read_choices, save_choices, version_of};
pub use schedule::{DEFAULT_INTERVAL_MINUTES, Schedule};
pub use secret::{Secret, SecretError};
pub use sign_in::{OIDC_SECRET, OidcConfig, ProxyConfig, SIGN_IN_FILE, SignInFile};
pub use vault::Vault;
pub use zone::Zone;

/// Where the web server listens unless told otherwise: this machine only.
pub const DEFAULT_ADDR: &str = "127.0.0.1:3000";

/// What comes from the command line and the environment, fixed for the life of the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    pub data_dir: PathBuf,
    pub addr: SocketAddr,
    /// Host names beside the local ones under which the dashboard may be reached.
    pub allowed_hosts: Vec<String>,
    /// The zone named by `--timezone` or `ALLCLEAR_TIMEZONE`, which wins over the configuration.
    pub zone: Option<Zone>,
    /// Networks of the reverse proxies whose word about a request is taken; empty when there is none.
    pub trusted_proxies: Vec<IpNet>,
    /// Where the program was started: a project when nothing else is known of any.
    pub working_folder: Option<PathBuf>,
}

/// The choices in force.
#[derive(Clone, Debug)]
pub struct Config {
    pub sync: SyncFile,
    /// When `sync` says runs come.
    pub schedule: Schedule,
    pub sources: SourcesFile,
    pub projects: ProjectsFile,
    pub budget: BudgetFile,
    pub alerts: AlertsFile,
    /// Where alerts are sent; no number depends on it.
    pub channels: ChannelsFile,
    /// How people sign in; no number depends on it.
    pub sign_in: SignInFile,
    /// In which currency pages show what AI costs; no number that is kept depends on it.
    pub currency: CurrencyFile,
    pub zone: Zone,
    pub prices: Arc<PriceTable>,
    /// Names the price table, so that costs are computed again when it changes; `None` while the user's prices cannot
    /// be read.
    pub prices_stamp: Option<String>,
    /// Fingerprint of the texts the prices were read from, so that they are not parsed at every run.
    pub prices_read: Option<u64>,
}

impl Config {
    /// When a source comes: at its own interval, or with all the others.
    #[must_use]
    pub fn schedule_of(&self, source: Source) -> Schedule {
        self.sources.of(source).interval_minutes.map_or_else(|| self.schedule.clone(), Schedule::Every)
    }

    /// The sources whose usage a provider reports too.
    #[must_use]
    pub fn overlaps(&self) -> Vec<Overlap> {
        self.sources.overlaps()
    }

    /// Whether what a source sees is paid for by the month.
    #[must_use]
    pub fn is_subscription(&self, source: Source) -> bool {
        self.sources.of(source).billing == files::Billing::Subscription
    }

    /// Every budget in force, of both files that may name one.
    #[must_use]
    pub fn budgets(&self) -> Budgets {
        Budgets::of(&self.budget, &self.alerts)
    }

    /// What is fine and yet worth knowing, by file: amounts that another file has the last word about.
    #[must_use]
    pub fn notes(&self) -> Vec<ConfigProblem> {
        let note = |message| ConfigProblem { file: ALERTS_FILE.to_owned(), message };
        Budgets::yielding(&self.budget, &self.alerts).into_iter().map(note).collect()
    }

    /// How pages show amounts on a day.
    #[must_use]
    pub fn shown(&self, today: NaiveDate) -> Shown {
        self.currency.shown(today)
    }

    /// Names these choices: another name, other numbers.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let Config { zone, prices_stamp, sync, sources, projects, budget, alerts, .. } = self;
        format!("{zone} {prices_stamp:?} {sync:?} {sources:?} {projects:?} {budget:?} {alerts:?}")
    }
}

/// A file that could not be used, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Its name in `data/config`, or the path from there.
    pub file: String,
    pub message: String,
}

impl ConfigProblem {
    /// Returns where the file lies, as people write it.
    #[must_use]
    pub fn path(&self) -> String {
        self.file
            .strip_prefix("../")
            .map_or_else(|| format!("data/config/{}", self.file), |name| format!("data/{name}"))
    }
}

#[derive(Debug)]
struct Loaded {
    config: Arc<Config>,
    problems: Vec<ConfigProblem>,
}

/// The configuration of the running program; readers get a consistent whole, reloads swap it.
#[derive(Debug)]
pub struct ConfigStore {
    pub environment: Environment,
    loaded: ArcSwap<Loaded>,
}

impl ConfigStore {
    /// Reads the files for the first time; what is broken gets its default and is listed in [`ConfigStore::problems`].
    ///
    /// # Errors
    /// Only when the built-in price table is damaged, which a test excludes.
    pub fn load(environment: Environment) -> anyhow::Result<ConfigStore> {
        let defaults = Config {
            sync: SyncFile::default(),
            schedule: Schedule::default(),
            sources: SourcesFile::default(),
            projects: ProjectsFile::default(),
            budget: BudgetFile::default(),
            alerts: AlertsFile::default(),
            channels: ChannelsFile::default(),
            sign_in: SignInFile::default(),
            currency: CurrencyFile::default(),
            zone: environment.zone.unwrap_or_else(Zone::of_this_machine),
            prices: Arc::new(PriceTable::builtin()?),
            prices_stamp: None,
            prices_read: None,
        };
        let loaded = read_all(&environment, &defaults);
        Ok(ConfigStore { environment, loaded: ArcSwap::from_pointee(loaded) })
    }

    #[must_use]
    pub fn current(&self) -> Arc<Config> {
        self.loaded.load().config.clone()
    }

    #[must_use]
    pub fn problems(&self) -> Vec<ConfigProblem> {
        self.loaded.load().problems.clone()
    }

    /// Reads the files again. What is broken keeps its value; returns the problems.
    pub fn reload(&self) -> Vec<ConfigProblem> {
        let before = self.current();
        let loaded = read_all(&self.environment, &before);
        let problems = loaded.problems.clone();
        self.loaded.store(Arc::new(loaded));
        problems
    }

    #[must_use]
    pub fn config_dir(&self) -> PathBuf {
        config_dir(&self.environment.data_dir)
    }
}

/// Where the user's choices lie.
#[must_use]
pub fn config_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("config")
}

fn read_all(environment: &Environment, before: &Config) -> Loaded {
    let folder = config_dir(&environment.data_dir);
    let mut problems = Vec::new();
    let sync: SyncFile = files::read(&folder, "sync.json", &before.sync, &mut problems);
    let sources: SourcesFile = files::read(&folder, "sources.json", &before.sources, &mut problems);
    let projects: ProjectsFile = files::read(&folder, "projects.json", &before.projects, &mut problems);
    let budget: BudgetFile = files::read(&folder, "budget.json", &before.budget, &mut problems);
    let alerts: AlertsFile = files::read(&folder, ALERTS_FILE, &before.alerts, &mut problems);
    let channels: ChannelsFile = files::read(&folder, CHANNELS_FILE, &before.channels, &mut problems);
    let sign_in: SignInFile = files::read(&folder, SIGN_IN_FILE, &before.sign_in, &mut problems);
    let currency: CurrencyFile = files::read(&folder, CURRENCY_FILE, &before.currency, &mut problems);
    let zone = environment
        .zone
        .or_else(|| sync.timezone.as_deref().and_then(Zone::parse))
        .unwrap_or_else(Zone::of_this_machine);
    // A file that was read is valid, so its schedule is.
    let schedule = sync.schedule().unwrap_or_default();
    let read = prices::read(&environment.data_dir, before, &mut problems);
    let config = Config {
        sync,
        schedule,
        sources,
        projects,
        budget,
        alerts,
        channels,
        sign_in,
        currency,
        zone,
        prices: read.table,
        prices_stamp: read.stamp,
        prices_read: read.texts,
    };
    Loaded { config: Arc::new(config), problems }
}
