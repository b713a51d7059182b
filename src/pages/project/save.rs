//! Taking over what was typed about a project: checked here, whatever the browser let through.

use std::sync::Arc;

use chrono::NaiveDate;
use leptos_router::params::ParamsMap;

use super::edit::Typed;
use crate::components::{project_address, query_with};
use crate::error::AppError;
use crate::model::{ProjectChoices, ProjectStatus};
use crate::sync::Engine;

/// Writes the choices and has them shown; returns the project's name.
pub(super) async fn save(engine: &Arc<Engine>, id: &str, typed: &Typed) -> Result<String, AppError> {
    let choices = choices(typed).map_err(AppError::BadRequest)?;
    if !engine.choose(id, &choices).await? {
        return Err(AppError::NotFound);
    }
    tracing::info!(project = id, "The choices about {id} were changed");
    Ok(choices.name)
}

/// The page a form without JavaScript comes to: with what was typed when it was refused.
pub(super) fn page_after(id: &str, typed: &Typed, outcome: &Result<String, AppError>) -> String {
    let fields = match outcome {
        Ok(_) => vec![("saved", "1")],
        Err(_) => vec![
            ("refused", "1"),
            ("name", &typed.name),
            ("client", &typed.client),
            ("status", &typed.status),
            ("progress", &typed.progress),
            ("deadline", &typed.deadline),
            ("tasks_total", &typed.tasks_total),
            ("tasks_done", &typed.tasks_done),
        ],
    };
    let place = if outcome.is_ok() { "" } else { "#edit" };
    format!("{}{}{place}", project_address(id), query_with(&ParamsMap::new(), &fields))
}

/// Reads the fields.
///
/// # Errors
/// When one of them cannot be meant: which, and what to write instead.
pub(super) fn choices(typed: &Typed) -> Result<ProjectChoices, String> {
    let status = ProjectStatus::parse(typed.status.trim())
        .ok_or_else(|| format!("The status is “{}”; choose active, paused or completed.", typed.status))?;
    let choices = ProjectChoices {
        name: typed.name.trim().to_owned(),
        client: typed.client.trim().to_owned(),
        status,
        progress: number("Progress", &typed.progress, "a whole number from 0 to 100")?,
        deadline: day(&typed.deadline)?,
        tasks_total: number("The number of tasks", &typed.tasks_total, "a whole number")?,
        tasks_done: number("The number of tasks done", &typed.tasks_done, "a whole number")?,
    };
    choices.validate().map_err(|problem| sentence(&problem))?;
    Ok(choices)
}

fn number<T: std::str::FromStr + Default>(field: &str, text: &str, wanted: &str) -> Result<T, String> {
    match text.trim() {
        "" => Ok(T::default()),
        text => text.parse().map_err(|_| format!("{field} is “{text}”; write {wanted}.")),
    }
}

fn day(text: &str) -> Result<Option<NaiveDate>, String> {
    match text.trim() {
        "" => Ok(None),
        text => {
            text.parse().map(Some).map_err(|_| format!("The deadline is “{text}”; write a date such as 2026-11-21."))
        }
    }
}

/// Makes a sentence of words.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> Typed {
        let [name, client, status, progress] = ["Shop", "Acme", "paused", "40"].map(str::to_owned);
        Typed { name, client, status, progress, ..Typed::default() }
    }

    fn refused(change: impl Fn(&mut Typed)) -> String {
        let mut typed = typed();
        change(&mut typed);
        choices(&typed).expect_err("is refused")
    }

    #[test]
    fn what_is_left_empty_is_none_of_it() {
        let taken = choices(&typed()).expect("is taken");
        assert_eq!((taken.progress, taken.deadline, taken.tasks_total), (40, None, 0));
        assert_eq!(taken.status, ProjectStatus::Paused);
        let dated = Typed { deadline: " 2026-12-01 ".to_owned(), ..typed() };
        assert_eq!(choices(&dated).expect("is taken").deadline, "2026-12-01".parse().ok());
    }

    #[test]
    fn a_refusal_names_the_field_and_the_remedy() {
        for (said, part) in [
            (refused(|typed| typed.name = " ".to_owned()), "The name must be a line of 1 to 120 characters."),
            (refused(|typed| typed.status = "gone".to_owned()), "choose active, paused or completed."),
            (refused(|typed| typed.progress = "a lot".to_owned()), "Progress is “a lot”; write a whole number"),
            (refused(|typed| typed.progress = "101".to_owned()), "Progress is 101 %; choose 0 to 100."),
            (refused(|typed| typed.progress = "300".to_owned()), "Progress is “300”; write a whole number from 0"),
            (refused(|typed| typed.deadline = "soon".to_owned()), "The deadline is “soon”; write a date"),
            (refused(|typed| typed.tasks_done = "1".to_owned()), "1 of 0 tasks are done; choose at most all."),
            (refused(|typed| typed.tasks_total = "-1".to_owned()), "The number of tasks is “-1”; write"),
        ] {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn what_was_refused_comes_back_in_the_address() {
        let refused = page_after("r&d", &typed(), &Err(AppError::NotFound));
        assert_eq!(refused, "/projects/r%26d?refused=1&name=Shop&client=Acme&status=paused&progress=40#edit");
        assert_eq!(page_after("shop", &typed(), &Ok("Shop".to_owned())), "/projects/shop?saved=1");
    }
}
