//! A message in words, for channels that show text.

use std::fmt::Write;

use super::Message;
use crate::model::{AlertLevel, AlertType};

impl Message<'_> {
    pub(super) fn is_critical(&self) -> bool {
        self.notification.level == AlertLevel::Critical
    }

    /// Whether it tells of days, and of nothing that is wrong.
    pub(super) fn is_digest(&self) -> bool {
        self.notification.kind == AlertType::Digest
    }

    /// `Critical Budget Alert`, `Resolved: Critical Budget Alert`
    pub(super) fn title(&self) -> String {
        let title = &self.notification.title;
        if self.notification.resolved { format!("Resolved: {title}") } else { title.clone() }
    }

    /// The sentence, and the link below it.
    pub(super) fn text(&self) -> String {
        let mut text = self.notification.message.clone();
        if let Some(link) = self.link {
            let _ = write!(text, "\n{link}");
        }
        text
    }
}

/// Cuts text to what a service takes.
pub(super) fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        None => text.to_owned(),
        Some(_) => text.chars().take(chars.saturating_sub(1)).chain(['…']).collect(),
    }
}
