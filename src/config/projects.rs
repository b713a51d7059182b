//! `projects.json`: where projects lie and which usage belongs to which, in the user's words.

use super::files::Validate;
use crate::model::{ProjectsFile, Provider};

impl Validate for ProjectsFile {
    fn validate(&self) -> Result<(), String> {
        for (number, root) in self.roots.iter().enumerate() {
            if !root.is_absolute() {
                let shown = root.display();
                return Err(format!(
                    "roots[{number}] is \"{shown}\"; write a full path, such as \"/home/me/projects\""
                ));
            }
        }
        for (number, rule) in self.map.iter().enumerate() {
            let place = format!("map[{number}]");
            if rule.project.trim().is_empty() {
                return Err(format!("{place} names no project; write \"project\": \"its name\""));
            }
            let of_provider = rule.provider.is_some() || rule.workspace.is_some() || rule.api_key.is_some();
            let of_folder = rule.cwd.is_some() || rule.repository.is_some();
            match (of_provider, of_folder) {
                (false, false) => {
                    return Err(format!(
                        "{place} fits everything; name a provider, workspace, apiKey, cwd or repository"
                    ));
                }
                (true, true) => {
                    return Err(format!(
                        "{place} can never fit: usage has either a workspace and key or a folder; make two rules of it"
                    ));
                }
                _ => {}
            }
            if let Some(name) = &rule.provider
                && !Provider::ALL.iter().any(|provider| provider.name() == name)
            {
                let names = Provider::ALL.map(|provider| provider.name()).join(", ");
                return Err(format!("{place}: there is no provider \"{name}\"; the providers are {names}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_that_cannot_be_meant_are_refused_with_what_to_do() {
        let check = |text: &str| serde_json::from_str::<ProjectsFile>(text).expect("parses").validate();
        assert_eq!(
            check(r#"{"map":[{"project":"shop","cwd":"/home/me/shop"},{"project":"x","workspace":""}]}"#),
            Ok(())
        );
        for (text, part) in [
            (r#"{"roots":["/home/me", "~/work"]}"#, "roots[1] is \"~/work\"; write a full path"),
            (r#"{"map":[{"cwd":"/x"}]}"#, "map[0] names no project"),
            (r#"{"map":[{"project":"x"}]}"#, "fits everything"),
            (r#"{"map":[{"project":"x","cwd":"/x","apiKey":"k"}]}"#, "make two rules"),
            (r#"{"map":[{"project":"x","provider":"acme"}]}"#, "the providers are anthropic, openai"),
        ] {
            assert!(check(text).expect_err("is refused").contains(part), "{text}");
        }
    }
}
