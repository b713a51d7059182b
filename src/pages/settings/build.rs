//! From the files and the snapshot to the finished page.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat};

use super::{FoundRate, SectionData, SettingsPage, SourceTest, Typed};
use crate::config::{Choices, Config, SourcesFile, SyncFile, Zone, read_choices};
use crate::error::AppError;
use crate::model::settings::{
    Choice, Form, Known, Section, SourceChoice, alerts_form, budgets_form, changes, check, currency_form, sources_form,
    sync_form,
};
use crate::model::{BudgetFile, Budgets, Currency, Scope, Window};
use crate::sources::Source;
use crate::sources::exchange::{DailyRates, ECB_URL, fetch};
use crate::sync::{Engine, Probed, Snapshot};

pub(super) async fn load(engine: &Arc<Engine>, typed: Option<Typed>, saved: &str) -> Result<SettingsPage, AppError> {
    let config = engine.config.current();
    let (environment, in_force) = (engine.config.environment.clone(), config.clone());
    let sections = tokio::task::spawn_blocking(move || {
        let notes = sync_notes(&in_force, environment.zone);
        Section::ALL.map(|section| self::section(section, &environment.data_dir, &in_force, &notes))
    });
    let known = known(&engine.snapshot(), &config);
    let mut sections = sections.await.map_err(anyhow::Error::from)?.to_vec();
    if let Some(typed) = typed
        && let Some(data) = sections.iter_mut().find(|data| data.section == typed.section)
    {
        take_back(data, typed, &known);
    }
    Ok(SettingsPage {
        sections,
        known,
        paused: !config.sync.enabled,
        schedule: config.schedule.to_string(),
        saved: saved.to_owned(),
        tests: Source::ALL
            .into_iter()
            .filter_map(|source| Some(tested(source, engine.probed(source)?, &config)))
            .collect(),
    })
}

/// Asks for the latest rate of a currency, and writes nothing.
pub(super) async fn look_up(engine: &Engine, code: &str) -> Result<FoundRate, AppError> {
    let currency = Currency::parse(code).filter(|currency| *currency != Currency::USD);
    let currency = currency.ok_or_else(|| {
        AppError::BadRequest("Choose a display currency other than the US dollar first: it has no rate.".to_owned())
    })?;
    let source = engine.config.current().currency.source.clone().unwrap_or_else(|| ECB_URL.to_owned());
    let rate = async {
        let list = fetch(&source).await.map_err(|error| format!("{error:#}"))?;
        let list = DailyRates::parse(&list)?;
        Ok::<_, String>(FoundRate { currency, from: list.day, per_usd: list.per_usd(currency)? })
    };
    rate.await.map_err(|message| AppError::BadRequest(format!("There is no rate from {source}: {message}.")))
}

/// Tests a source by its name.
pub(super) async fn test(engine: &Engine, name: &str) -> Result<SourceTest, AppError> {
    let unknown = || AppError::BadRequest(format!("There is no source \"{name}\"; choose one of {}.", Source::names()));
    let source = Source::parse(name).ok_or_else(unknown)?;
    Ok(tested(source, engine.probe(source).await, &engine.config.current()))
}

fn tested(source: Source, probed: Probed, config: &Config) -> SourceTest {
    let at = DateTime::from_timestamp_millis(probed.at_ms).unwrap_or_default();
    SourceTest {
        source: source.name().to_owned(),
        works: probed.works,
        said: probed.said,
        at: config.zone.moment(&at.to_rfc3339_opts(SecondsFormat::Secs, true)),
    }
}

/// Shows what was typed instead of what the file says, with what is wrong about it.
fn take_back(data: &mut SectionData, typed: Typed, known: &Known) {
    if typed.sent {
        data.problems = check(typed.section, &typed.form, known);
    }
    if typed.no_rate {
        let note = "No rate could be got: choose another currency than the US dollar, or enter its rate by hand.";
        data.notes.push(note.to_owned());
    }
    if typed.version != data.version && typed.base != data.form {
        data.changed = changes(&typed.base, &data.form);
    }
    data.returned = Some(typed.form);
}

fn section(section: Section, data_dir: &Path, config: &Config, notes: &[String]) -> SectionData {
    match section {
        Section::Budgets => data(section, data_dir, config, vec![], |file| budget_form(file, config)),
        Section::Alerts => {
            data(section, data_dir, config, config.notes().into_iter().map(|note| note.message).collect(), alerts_form)
        }
        Section::Currency => data(section, data_dir, config, vec![], currency_form),
        Section::Sync => data(section, data_dir, config, notes.to_vec(), schedule_form),
        Section::Sources => data(section, data_dir, config, vec![], all_sources_form),
    }
}

fn data<T: Choices>(
    section: Section,
    data_dir: &Path,
    config: &Config,
    notes: Vec<String>,
    form: impl Fn(&T) -> Form,
) -> SectionData {
    let (file, version) = read_choices::<T>(data_dir);
    let (form, broken) = match file {
        Ok(file) => (form(&file), String::new()),
        Err(message) => (form(T::of(config)), message),
    };
    SectionData {
        section,
        version,
        form,
        path: format!("data/config/{}", T::FILE),
        broken,
        notes,
        returned: None,
        problems: Vec::new(),
        changed: Vec::new(),
    }
}

pub(super) fn budget_form(file: &BudgetFile, config: &Config) -> Form {
    budgets_form(file, Budgets::of(file, &config.alerts).monthly)
}

pub(super) fn schedule_form(file: &SyncFile) -> Form {
    sync_form(file.interval_minutes, file.timezone.as_deref())
}

pub(super) fn all_sources_form(file: &SourcesFile) -> Form {
    let choice = |source: Source| {
        let chosen = file.of(source);
        SourceChoice {
            name: source.name().to_owned(),
            enabled: chosen.enabled,
            interval_minutes: chosen.interval_minutes,
        }
    };
    sources_form(&Source::ALL.map(choice))
}

/// What has the last word over `sync.json`, or over its interval.
fn sync_notes(config: &Config, zone: Option<Zone>) -> Vec<String> {
    let cron = config.sync.cron.as_ref();
    let cron = cron.map(|cron| format!("The file has a cron expression ({cron}), which wins over the interval."));
    let zone = zone.map(|zone| format!("The program was started with the time zone {zone}, which wins over this one."));
    cron.into_iter().chain(zone).collect()
}

/// Everything a form may name. What a file names already stays a choice, whatever has become of it.
pub(super) fn known(snapshot: &Snapshot, config: &Config) -> Known {
    let mut projects: BTreeMap<String, String> =
        snapshot.projects.iter().map(|project| (project.id.clone(), project.choices.name.clone())).collect();
    let same = |name: &str| (name.to_owned(), name.to_owned());
    let clients = snapshot.projects.iter().map(|project| project.choices.client.as_str());
    let mut clients: BTreeMap<String, String> = clients.filter(|name| !name.is_empty()).map(same).collect();
    let used = snapshot.window_of(Window::D90, None);
    let mut models: BTreeMap<String, String> = used.by_model.keys().map(|name| same(name)).collect();
    // Spend may name a project no folder of which was found.
    let nameless: Vec<&String> =
        used.by_project.keys().filter(|name| !projects.values().any(|known| known == *name)).collect();
    projects.extend(nameless.into_iter().map(|name| same(name)));
    for id in config.alerts.per_project_limits.keys() {
        projects.entry(id.clone()).or_insert_with(|| id.clone());
    }
    for budget in &config.budget.budgets {
        let of = match &budget.scope {
            Scope::Project(_) => &mut projects,
            Scope::Model(_) => &mut models,
            Scope::Client(_) => &mut clients,
            Scope::Global | Scope::Source(_) => continue,
        };
        let name = budget.scope.value();
        of.entry(name.to_owned()).or_insert_with(|| name.to_owned());
    }
    let sources = Source::ALL.map(|source| Choice { id: source.name().to_owned(), label: source.label().to_owned() });
    Known {
        projects: choices(projects),
        models: choices(models),
        sources: sources.to_vec(),
        clients: choices(clients),
        zones: Zone::names(),
        currencies: Currency::all()
            .map(|currency| Choice { id: currency.code().to_owned(), label: currency.name().to_owned() })
            .collect(),
    }
}

fn choices(names: BTreeMap<String, String>) -> Vec<Choice> {
    names.into_iter().map(|(id, label)| Choice { id, label }).collect()
}
