//! What others send: telemetry of agents, and the pushes of other machines. Stored before it is acknowledged.
//!
//! Nothing waits here for a run, nor takes its lock: a request is one transaction of the store (one for each source of a
//! push), and merging the same thing twice changes nothing. The pages follow within a second, because the generation of
//! the database has changed. What cannot be stored is an error, and the sender sends it again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::engine::Engine;
use super::judge::Judge;
use crate::model::{Batch, Machine, Replaces, SessionTag, UsageEvent};
use crate::sources::telemetry::{Events, Metrics, Notes};
use crate::sources::{Problems, Source, push};
use crate::store::{Accumulated, SourceState};

/// Requests that are taken at a time: each may hold tens of megabytes, and one writes while the others are read.
const AT_A_TIME: usize = 4;
/// How often the state of a source is noted while much comes.
const NOTED_EVERY: Duration = Duration::from_secs(10);
/// How long a push of another installation with the same token is taken for a clone's, since the last of the first.
const CLONE_MS: i64 = HOUR_MS;
/// Pushes are known for so long when they are sent again; what comes later is merged like any other.
const PUSHES_KNOWN_MS: i64 = 31 * 24 * HOUR_MS;
/// Readings are known for a day longer than they are taken.
const READINGS_KNOWN_MS: i64 = 8 * 24 * HOUR_MS;
const HOUR_MS: i64 = 60 * 60 * 1000;

/// What is going on at the door.
pub(super) struct Intake {
    places: Semaphore,
    /// When what each machine sends of each telemetry source was noted last.
    noted: Mutex<HashMap<(Source, Option<String>), Instant>>,
    /// The day old readings were let go of last.
    tidied: AtomicI64,
}

impl Default for Intake {
    fn default() -> Intake {
        Intake { places: Semaphore::new(AT_A_TIME), noted: Mutex::default(), tidied: AtomicI64::new(0) }
    }
}

/// How a push ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    Stored {
        facts: u64,
        /// Messages that were new.
        added: u64,
        /// It had been stored before.
        repeated: bool,
        /// Whether what it was told last, as the machine says, is stored here.
        knows_previous: bool,
        rejected: Problems,
        /// Sources this hub does not know.
        unknown: Vec<String>,
    },
    /// Another installation uses the same token: what it calls itself.
    Cloned(String),
    /// It was revoked meanwhile.
    Revoked,
}

impl Engine {
    /// A place at the door; `None` when there is none just now, and the sender should come again.
    #[must_use]
    pub fn admit(&self) -> Option<SemaphorePermit<'_>> {
        self.intake.places.try_acquire().ok()
    }

    /// Stores what a request told of metrics; committed when it returns.
    ///
    /// # Errors
    /// When the database cannot be written; nothing has changed then.
    pub async fn take_metrics(&self, metrics: Metrics, from: Option<&Machine>) -> anyhow::Result<Accumulated> {
        let source = Source::TelemetryMetrics;
        let judge = self.judge(source).await?;
        let sessions = metrics.readings.facts.iter().map(|fact| fact.session.as_ref());
        let tags = tags_of(source, sessions, metrics.notes.tags.clone(), from);
        let taken =
            self.store.accumulate(source.name(), &metrics.readings, &tags, &|events| judge.events(events)).await?;
        self.note_received(source, taken.counted, "reading", taken.repeated, &metrics.notes, from).await;
        Ok(taken)
    }

    /// Stores what a request told of events; committed when it returns.
    ///
    /// # Errors
    /// When the database cannot be written; nothing has changed then.
    pub async fn take_events(&self, events: Events, from: Option<&Machine>) -> anyhow::Result<u64> {
        let source = Source::TelemetryEvents;
        let judge = self.judge(source).await?;
        let Events { mut events, mut notes } = events;
        let sessions = events.iter().map(|event| event.session.as_ref());
        let tags = tags_of(source, sessions, std::mem::take(&mut notes.tags), from);
        self.store.note_sessions(&tags).await?;
        judge.events(&mut events);
        let all = events.len() as u64;
        let batch = Batch { source: source.name(), events, ..Batch::default() };
        let applied = if all > 0 {
            self.store.apply(batch, self.clock.now().timestamp_millis()).await?
        } else {
            crate::store::Applied::default()
        };
        let repeated = all.saturating_sub(applied.changed);
        self.note_received(source, applied.changed, "request", repeated, &notes, from).await;
        Ok(applied.added)
    }

    /// Stores a push of a machine; committed when it returns.
    ///
    /// # Errors
    /// When the database cannot be written. What was committed before is merged when the push comes again.
    pub async fn take_push(&self, machine: &Machine, received: push::Received) -> anyhow::Result<Taken> {
        let now_ms = self.clock.now().timestamp_millis();
        let push::Received { instance, host, batch, previous, sources, rejected } = received;
        if !self.store.bind_instance(&machine.id, &instance, &host, now_ms, now_ms - CLONE_MS).await? {
            let present = self.store.machines().await?.into_iter().find(|known| known.id == machine.id);
            return Ok(match present {
                Some(present) if present.revoked_ms.is_none() => Taken::Cloned(present.host),
                _ => Taken::Revoked,
            });
        }
        let facts = sources.iter().map(|(_, events)| events.len() as u64).sum();
        let mut unknown = Vec::new();
        let knows_previous = match previous {
            Some(previous) => self.store.known_push(&machine.id, &previous).await?.is_some(),
            None => true,
        };
        if self.store.known_push(&machine.id, &batch).await?.is_some() {
            return Ok(Taken::Stored { facts, added: 0, repeated: true, knows_previous, rejected, unknown });
        }
        let mut added = 0;
        for (name, events) in sources {
            match Source::parse(&name).filter(|source| source.is_log()) {
                Some(source) => added += self.take_history(machine, source, events, now_ms).await?,
                None => unknown.push(name),
            }
        }
        // A source that is not known today may be after an update: such a push is looked at again.
        if unknown.is_empty() {
            self.store.note_push(&machine.id, &batch, facts, now_ms).await?;
        }
        self.tidy(now_ms).await;
        Ok(Taken::Stored { facts, added, repeated: false, knows_previous, rejected, unknown })
    }

    async fn take_history(
        &self,
        machine: &Machine,
        source: Source,
        mut events: Vec<UsageEvent>,
        now_ms: i64,
    ) -> anyhow::Result<u64> {
        if events.is_empty() {
            return Ok(0);
        }
        let judge = self.judge(source).await?;
        let tags = tags_of(source, events.iter().map(|event| event.session.as_ref()), Vec::new(), Some(machine));
        self.store.note_sessions(&tags).await?;
        judge.events(&mut events);
        let batch = Batch { source: source.name(), events, replaces: Replaces::Nothing, ..Batch::default() };
        Ok(self.store.apply(batch, now_ms).await?.added)
    }

    /// The judge in force, with everything stored judged by it too.
    async fn judge(&self, source: Source) -> anyhow::Result<Judge> {
        let judge = Judge::new(&self.config.current(), source);
        judge.refresh(&self.store).await?;
        Ok(judge)
    }

    /// Notes when a source told something last, and what of it does not count; the numbers do not depend on it.
    async fn note_received(
        &self,
        source: Source,
        counted: u64,
        what: &str,
        repeated: u64,
        notes: &Notes,
        from: Option<&Machine>,
    ) {
        let now_ms = self.clock.now().timestamp_millis();
        let sender = (source, from.map(|machine| machine.id.clone()));
        {
            let mut noted = self.intake.noted.lock().await;
            noted.retain(|_, at| at.elapsed() < NOTED_EVERY);
            let lately = noted.contains_key(&sender);
            if lately && notes.rejected.count == 0 {
                return;
            }
            noted.insert(sender, Instant::now());
        }
        let state = SourceState {
            source: source.name().to_owned(),
            last_attempt_ms: now_ms,
            last_success_ms: Some(now_ms),
            status: "success".to_owned(),
            message: told(counted, what, repeated, notes),
            rows: counted,
            duration_ms: 0,
        };
        let noted = async {
            self.store.note_source(&state).await?;
            match from {
                Some(machine) => self.store.note_seen(&machine.id, now_ms).await,
                None => Ok(()),
            }
        };
        if let Err(error) = noted.await {
            let label = source.label();
            tracing::warn!(error = format!("{error:#}"), "the state of {label} could not be noted: {error:#}");
        }
        self.tidy(now_ms).await;
    }

    /// Once a day, lets go of what is remembered only to know it again.
    async fn tidy(&self, now_ms: i64) {
        let day = now_ms / (24 * HOUR_MS);
        if self.intake.tidied.swap(day, Ordering::Relaxed) == day {
            return;
        }
        let before_ns = (now_ms - READINGS_KNOWN_MS).saturating_mul(1_000_000);
        if let Err(error) = self.store.forget_received(before_ns, now_ms - PUSHES_KNOWN_MS).await {
            tracing::warn!(error = format!("{error:#}"), "old readings could not be let go of: {error:#}");
        }
    }
}

/// The last request in words: what counted, what had been counted, what is none of ours, what was refused.
fn told(counted: u64, what: &str, repeated: u64, notes: &Notes) -> String {
    let plural = if counted == 1 { "" } else { "s" };
    let mut told = format!("The last request brought {counted} {what}{plural}");
    if repeated > 0 {
        told += &format!(", and {repeated} that had been counted");
    }
    let some = |problems: &Problems| problems.examples.join(", ");
    if notes.ignored.count > 0 {
        told += &format!(". {} of other kinds do not count: {}", notes.ignored.count, some(&notes.ignored));
    }
    if notes.rejected.count > 0 {
        told += &format!(". {} refused: {}", notes.rejected.count, some(&notes.rejected));
    }
    told
}

/// Whose the sessions are: what was said of them, and the machine whose token was used.
fn tags_of<'a>(
    source: Source,
    sessions: impl Iterator<Item = &'a str>,
    told: Vec<SessionTag>,
    from: Option<&Machine>,
) -> Vec<SessionTag> {
    let Some(machine) = from else { return told };
    let mut tags: std::collections::BTreeMap<&str, SessionTag> = std::collections::BTreeMap::new();
    for session in sessions.filter(|session| !session.is_empty()) {
        tags.entry(session).or_insert_with(|| SessionTag {
            source: source.name().to_owned(),
            session: session.to_owned(),
            machine: machine.id.clone(),
            ..SessionTag::default()
        });
    }
    for tag in &told {
        if let Some(known) = tags.get_mut(tag.session.as_str()) {
            known.person.clone_from(&tag.person);
        }
    }
    tags.into_values().collect()
}
