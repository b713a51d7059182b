//! Merging sightings of a whole batch before it meets the database.

use std::sync::Arc;

use rayon::slice::ParallelSliceMut;

use crate::model::{UsageEvent, is_shadow, message_prefix, rank};

/// Keeps one event per key, the one that counts, sorted by key, without shadows whose message is known otherwise.
pub(super) fn keep_best(events: &mut Vec<UsageEvent>) {
    events.par_sort_unstable_by(|a, b| a.key.cmp(&b.key).then_with(|| rank(b, a)));
    events.dedup_by(|later, kept| later.key == kept.key);
    // A shadow sorts after every sighting of its message, so the last one kept tells whether there is any.
    let mut known: Option<Arc<str>> = None;
    events.retain(|event| {
        if is_shadow(&event.key) {
            return known.as_deref().is_none_or(|key| message_prefix(key) != message_prefix(&event.key));
        }
        known = Some(event.key.clone());
        true
    });
}
