//! Taking a form over: checked here, whatever the browser let through, written whole, and in force at once.

use std::sync::Arc;

use leptos_router::params::ParamsMap;

use super::build::{all_sources_form, budget_form, known, look_up, schedule_form};
use super::{Saved, Typed};
use crate::components::query_with;
use crate::config::{Choices, Refusal, SourcesFile, SyncFile, change_choices, read_choices};
use crate::error::AppError;
use crate::model::settings::{
    Form, Problem, Section, add_rate, alerts_form, changes, currency_form, read_alerts, read_budgets, read_currency,
    read_sources, read_sync,
};
use crate::model::{AlertsFile, BudgetFile, CurrencyFile};
use crate::sync::Engine;

/// Said when a file was replaced by hand with something that cannot be read.
const REPLACE: &str = "Put the file right, or tick the box to replace it.";
/// The box that allows it.
const REPLACED: &str = "replace";

/// Writes one form into its file and takes it over.
pub(super) async fn save(engine: &Arc<Engine>, typed: &Typed) -> Result<Saved, AppError> {
    let config = engine.config.current();
    let known = known(&engine.snapshot(), &config);
    let form = typed.form.clone();
    match typed.section {
        Section::Budgets => {
            let read = move |file| {
                let (said, problems) = read_budgets(&form, &known);
                (BudgetFile { monthly: said.monthly, budgets: said.budgets, ..file }, problems)
            };
            change(engine, typed, move |file| budget_form(file, &config), read).await
        }
        Section::Alerts => {
            change(engine, typed, alerts_form, move |file: AlertsFile| read_alerts(&form, &known, file)).await
        }
        Section::Currency => {
            change(engine, typed, currency_form, move |file: CurrencyFile| read_currency(&form, file)).await
        }
        Section::Sync => {
            let read = move |file| {
                let (said, problems) = read_sync(&form, &known);
                (SyncFile { interval_minutes: said.interval_minutes, timezone: said.timezone, ..file }, problems)
            };
            let saved = change(engine, typed, schedule_form, read).await?;
            if engine.config.current().zone != config.zone {
                // Every fact is judged again: its day may be another one.
                engine.reprice().await?;
            }
            Ok(saved)
        }
        Section::Sources => {
            let read = move |mut file: SourcesFile| {
                let (said, problems) = read_sources(&form, &known);
                for choice in said {
                    let mut source = file.0.get(&choice.name).cloned().unwrap_or_default();
                    (source.enabled, source.interval_minutes) = (choice.enabled, choice.interval_minutes);
                    // Nothing is written down of a source nobody says anything about.
                    if file.0.contains_key(&choice.name) || source != Default::default() {
                        file.0.insert(choice.name, source);
                    }
                }
                (file, problems)
            };
            change(engine, typed, all_sources_form, read).await
        }
    }
}

async fn change<T: Choices>(
    engine: &Arc<Engine>,
    typed: &Typed,
    form_of: impl Fn(&T) -> Form + Send + 'static,
    read: impl FnOnce(T) -> (T, Vec<Problem>) + Send + 'static,
) -> Result<Saved, AppError> {
    let data_dir = engine.config.environment.data_dir.clone();
    let instead = typed.form.is_ticked(REPLACED).then(|| T::of(&engine.config.current()).clone());
    let Typed { section, version, base, .. } = typed.clone();
    let saved = blocking(move || {
        change_choices::<T>(&data_dir, instead, |file, there| {
            // Of what this form is about, nothing else stands there than what was read.
            if version != there && form_of(&file) != base {
                return Err(Refusal::Changed);
            }
            let (changed, problems) = read(file);
            let said: Vec<String> = problems.into_iter().map(|problem| problem.message).collect();
            if said.is_empty() { Ok(changed) } else { Err(Refusal::Invalid(said)) }
        })
        .map_err(|refusal| told::<T>(refusal, &data_dir, &form_of, &base))?;
        let (file, version) = read_choices::<T>(&data_dir);
        let form = form_of(&file.map_err(|message| anyhow::anyhow!(message))?);
        Ok(Saved { section, version, form })
    })
    .await?;
    tracing::info!("data/config/{} was changed on the settings page", T::FILE);
    engine.take_over_choices().await?;
    Ok(saved)
}

fn told<T: Choices>(
    refusal: Refusal,
    data_dir: &std::path::Path,
    form_of: impl Fn(&T) -> Form,
    base: &Form,
) -> AppError {
    match refusal {
        Refusal::Invalid(said) => AppError::BadRequest(said.join(" ")),
        Refusal::Changed => {
            let now = read_choices::<T>(data_dir).0.map(|file| form_of(&file)).unwrap_or_default();
            let changed = changes(base, &now).join(" ");
            AppError::Conflict(format!("Somebody else has changed this meanwhile. {changed}"))
        }
        Refusal::Broken(message) => AppError::BadRequest(format!("data/config/{}: {message}. {REPLACE}", T::FILE)),
        Refusal::Failed(message) => anyhow::anyhow!(message).into(),
    }
}

/// Pauses or resumes the schedule. Who presses that button means it, whatever else has changed.
pub(super) async fn pause(engine: &Arc<Engine>, paused: bool) -> Result<(), AppError> {
    let data_dir = engine.config.environment.data_dir.clone();
    blocking(move || {
        change_choices(&data_dir, None, |file, _| Ok(SyncFile { enabled: !paused, ..file }))
            .map_err(|refusal| told::<SyncFile>(refusal, &data_dir, schedule_form, &Form::default()))
    })
    .await?;
    tracing::info!(paused, "auto-sync was {}", if paused { "paused" } else { "resumed" });
    engine.take_over_choices().await?;
    Ok(())
}

/// Adds or removes a row of a form without JavaScript; `None` when the button was another one.
pub(super) fn row_operation(typed: &Typed, op: &str) -> Option<Typed> {
    let mut typed = Typed { sent: false, ..typed.clone() };
    if let Some(list) = op.strip_prefix("add-") {
        let cell = match list {
            "budget" => "amount",
            "threshold" => "percent",
            "limit" => "project",
            "rate" => "from",
            _ => return None,
        };
        typed.form.add_row(list, &[cell]);
    } else {
        let (list, row) = op.strip_prefix("remove-")?.rsplit_once('-')?;
        typed.form.remove_row(list, row.parse().ok()?);
    }
    Some(typed)
}

/// The button that gets a rate, of a form without JavaScript: what was typed, with the rate as one more row.
pub(super) async fn with_rate(engine: &Engine, typed: &Typed) -> Typed {
    let mut typed = Typed { sent: false, ..typed.clone() };
    match look_up(engine, typed.form.text("currency")).await {
        Ok(found) => drop(add_rate(&mut typed.form, found.currency, found.from, found.per_usd)),
        Err(_) => typed.no_rate = true,
    }
    typed
}

/// The page with what was typed so far.
pub(super) fn page_with(typed: &Typed) -> String {
    let json = serde_json::to_string(typed).unwrap_or_default();
    page(typed.section, ("typed", &json))
}

/// The page a form without JavaScript comes to: with what was typed when it was refused.
pub(super) fn page_after(typed: &Typed, outcome: &Result<Saved, AppError>) -> String {
    match outcome {
        Ok(_) => page(typed.section, ("saved", typed.section.as_str())),
        Err(_) => page_with(typed),
    }
}

fn page(section: Section, field: (&str, &str)) -> String {
    format!("/settings{}#{}", query_with(&ParamsMap::new(), &[field]), section.as_str())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| AppError::from(anyhow::Error::from(error)))?
}
