//! Taking over `data/projects.json`: as the earlier system wrote it, or as this program published it.
//!
//! Read when the database knows no project. What is not understood of an entry gets its default; nothing is refused but
//! an entry without an id.

use std::path::Path;

use chrono::NaiveDate;
use serde_json::Value;

use crate::model::{FolderFacts, Project, ProjectChoices, ProjectStatus, TaskLog};
use crate::store::StoredProject;

/// A thousand projects are a few megabytes.
const MAX_BYTES: u64 = 64 << 20;

/// Returns the projects of the file, and what was wrong with it.
pub(super) fn projects(file: &Path, today: NaiveDate) -> (Vec<StoredProject>, Vec<String>) {
    let text = match std::fs::metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (Vec::new(), Vec::new()),
        Ok(metadata) if metadata.len() > MAX_BYTES => Err(format!("it is larger than {} MB", MAX_BYTES >> 20)),
        _ => std::fs::read_to_string(file).map_err(|error| error.to_string()),
    };
    match text.and_then(|text| serde_json::from_str::<Vec<Value>>(&text).map_err(|error| error.to_string())) {
        Err(error) => (Vec::new(), vec![format!("data/projects.json was not taken over: {error}")]),
        Ok(entries) => {
            let mut projects: Vec<StoredProject> = entries.iter().filter_map(|entry| project(entry, today)).collect();
            projects.sort_by(|a, b| a.project.id.cmp(&b.project.id));
            projects.dedup_by(|a, b| a.project.id == b.project.id);
            (projects, Vec::new())
        }
    }
}

fn project(entry: &Value, today: NaiveDate) -> Option<StoredProject> {
    let text = |field: &str| entry.get(field).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    // Earlier dates may carry a time of the day.
    let date = |field: &str| text(field).and_then(|text| text.get(..10)?.parse::<NaiveDate>().ok());
    let count = |field: &str| {
        let number = entry.get(field).and_then(Value::as_f64).filter(|number| (0.0..1e9).contains(number));
        number.map_or(0, |number| number.round() as u32)
    };
    let id = text("id")?;
    let of_new = ProjectChoices::of_new(id);
    let tasks_total = count("tasksTotal");
    let choices = ProjectChoices {
        name: text("name").map_or(of_new.name, str::to_owned),
        client: text("client").map_or(of_new.client, str::to_owned),
        status: text("status").and_then(ProjectStatus::parse).unwrap_or_default(),
        progress: u8::try_from(count("progress").min(100)).unwrap_or(100),
        deadline: date("deadline"),
        tasks_total,
        tasks_done: count("tasksDone").min(tasks_total),
    };
    let stack = entry.get("stack").and_then(Value::as_array).into_iter().flatten();
    let listed = || FolderFacts {
        description: text("description").map(str::to_owned),
        stack: stack.filter_map(Value::as_str).map(str::to_owned).collect(),
        ..FolderFacts::default()
    };
    let found = entry.get("found").and_then(|found| serde_json::from_value(found.clone()).ok());
    let last_folder = text("folder").map(Path::new).filter(|folder| folder.is_absolute()).map(Path::to_path_buf);
    let project = Project {
        choices,
        start_date: date("startDate").unwrap_or(today),
        folder: None,
        // A folder of another machine is no loss to speak of.
        last_folder: last_folder.filter(|folder| folder.is_dir()),
        found: found.or_else(|| Some(listed()).filter(|facts| *facts != FolderFacts::default())),
        id: id.to_owned(),
        task_log: TaskLog::default(),
    };
    Some(StoredProject { project, stamp: String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn entries_of_the_earlier_system_are_taken_over_and_odd_ones_get_defaults() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("projects.json");
        let entries = json!([
            {"id": "shop", "name": "La tienda", "client": "Acme", "status": "completed", "progress": 80,
             "startDate": "2026-01-02", "deadline": "2026-12-24", "stack": ["React"], "lastCommit": "%Y->-", "tasksTotal": 5,
             "tasksDone": 9, "description": "Sells"},
            {"id": "odd", "status": "sleeping", "progress": 300, "deadline": "", "startDate": 7},
            {"name": "without an id"}, "nonsense", {"id": "shop"}
        ]);
        std::fs::write(&file, entries.to_string()).expect("writes");
        let today = "2026-11-20".parse().expect("a date");
        let (found, notes) = projects(&file, today);
        assert_eq!(notes, Vec::<String>::new());
        let [odd, shop] = &found[..] else { panic!("{found:?}") };
        let (odd, shop) = (&odd.project, &shop.project);
        assert_eq!((shop.choices.name.as_str(), shop.choices.status), ("La tienda", ProjectStatus::Completed));
        assert_eq!((shop.choices.tasks_done, shop.choices.deadline), (5, "2026-12-24".parse().ok()));
        let facts = shop.found.as_ref().expect("says something");
        assert_eq!((facts.description.as_deref(), facts.stack.len()), (Some("Sells"), 1));
        assert_eq!((odd.choices.progress, odd.start_date, &odd.found), (100, today, &None));
        std::fs::write(&file, "[").expect("writes");
        assert!(projects(&file, today).1[0].contains("was not taken over"));
        assert_eq!(projects(&folder.path().join("none.json"), today), (Vec::new(), Vec::new()));
    }
}
