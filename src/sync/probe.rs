//! "Test connection": one cheap, real question to a source, and what came of it in words. Stores nothing of the answer.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, bail};

use super::engine::{Engine, blocking};
use super::tokens::asked;
use crate::model::epoch_day;
use crate::sources::access::Reach;
use crate::sources::http::Retry;
use crate::sources::logs::LogFormat;
use crate::sources::provider::DaySpan;
use crate::sources::report::{Pages, reports};
use crate::sources::{Source, manual, opencode, openrouter};

/// Somebody is waiting for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a test of a source came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    pub works: bool,
    pub said: String,
    /// When it was asked, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// The last test of each source since this program started.
#[derive(Debug, Default)]
pub(super) struct Probes(Mutex<BTreeMap<Source, Probed>>);

impl Engine {
    /// Asks a source, switched on or not, whether it can be read.
    pub async fn probe(&self, source: Source) -> Probed {
        let asked = match tokio::time::timeout(PATIENCE, self.question(source)).await {
            Ok(asked) => asked,
            Err(_) => Err(anyhow::anyhow!("No answer within {} s", PATIENCE.as_secs())),
        };
        let (works, said) = match asked {
            Ok(said) => (true, said),
            Err(error) => (false, format!("{error:#}")),
        };
        tracing::info!(source = source.name(), works, "{} was tested: {said}", source.label());
        let probed = Probed { works, said, at_ms: self.clock.now().timestamp_millis() };
        if let Ok(mut probes) = self.probes.0.lock() {
            probes.insert(source, probed.clone());
        }
        self.tell_pages().await;
        probed
    }

    /// What the last test of a source came to, since this program started.
    #[must_use]
    pub fn probed(&self, source: Source) -> Option<Probed> {
        self.probes.0.lock().ok()?.get(&source).cloned()
    }

    async fn question(&self, source: Source) -> anyhow::Result<String> {
        if let Some(format) = source.logs() {
            return self.logs(source, format).await;
        }
        match source {
            Source::Manual => {
                let data_dir = self.config.environment.data_dir.clone();
                match blocking(move || manual::read(&data_dir, None)).await? {
                    manual::Reading::Read { batch, .. } => Ok(match batch.events.len() {
                        1 => "1 entry can be read".to_owned(),
                        entries => format!("{entries} entries can be read"),
                    }),
                    _ => bail!("There is no data/tokens.json"),
                }
            }
            _ if source.is_provider() => self.provider(source).await,
            _ => bail!("Nobody is asked: it comes when somebody sends it"),
        }
    }

    /// Looks for the logs of an agent.
    async fn logs(&self, source: Source, format: &'static LogFormat) -> anyhow::Result<String> {
        let roots = format.roots(self.config.current().sources.of(source).roots.as_deref());
        let places = roots.iter().map(|root| root.display().to_string()).collect::<Vec<_>>().join(", ");
        let (folders, files) = blocking(move || {
            let databases = if source == Source::OpenCode { opencode::database::find(&roots) } else { Vec::new() };
            let found = format.find(&roots);
            Ok((found.roots.len() + databases.len(), found.files.len() + databases.len()))
        })
        .await?;
        match files {
            _ if folders == 0 => bail!("There is no folder of logs at {places}"),
            1 => Ok("1 log file was found".to_owned()),
            files => Ok(format!("{files} log files were found")),
        }
    }

    /// Asks for the first page of today's first report, with the key that a sync would use.
    async fn provider(&self, source: Source) -> anyhow::Result<String> {
        let api = match self.access.reach(source)? {
            Reach::Ready(api) => api,
            Reach::NotSet(message) => bail!("{}", message.replace(" not set — skipping token sync", " is not set")),
        };
        let report = reports(source).first().context("There is no report to ask for")?;
        let today = epoch_day(self.clock.now().date_naive());
        let span = match report.pages {
            Pages::LastThirtyDays => openrouter::covered(today),
            Pages::WholeDays | Pages::ByWeek => DaySpan { first: today, last: today },
        };
        let request = (report.request)(span, None);
        let answer = self.http()?.get(&asked(&api, &request), &Retry::new(1, &|_| {})).await?;
        (report.parse)(&answer)?;
        Ok(format!("{} can be read with this key", report.feed))
    }
}
