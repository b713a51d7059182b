//! Merging sightings of a whole batch before it meets the database.

use std::sync::Arc;

use rayon::slice::ParallelSliceMut;

use crate::model::{UsageEvent, is_shadow, message_prefix, rank};

/// Keeps one event per key, the one that counts, sorted by key, without shadows whose message is known otherwise.
pub(super) fn keep_best(events: &mut Vec<UsageEvent>) {
    sort(events);
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

/// Sorts by key, the sighting that counts first.
///
/// Ids share a long beginning and events are large, so what is sorted is the next bytes of each key and its place;
/// the events then move once. On a hundred thousand this takes a third of the time of sorting them directly.
fn sort(events: &mut [UsageEvent]) {
    let shared = shared_prefix(events);
    let mut order: Vec<(u128, usize)> =
        events.iter().enumerate().map(|(at, event)| (next_bytes(&event.key.as_bytes()[shared..]), at)).collect();
    order.par_sort_unstable_by(|a, b| {
        let full = || {
            let (a, b) = (&events[a.1], &events[b.1]);
            a.key.cmp(&b.key).then_with(|| rank(b, a))
        };
        a.0.cmp(&b.0).then_with(full)
    });
    for start in 0..order.len() {
        let mut at = start;
        while order[at].1 != start {
            let from = std::mem::replace(&mut order[at].1, at);
            events.swap(at, from);
            at = from;
        }
        order[at].1 = at;
    }
}

/// How many bytes at the start all keys have in common.
fn shared_prefix(events: &[UsageEvent]) -> usize {
    let Some(first) = events.first().map(|event| event.key.as_bytes()) else { return 0 };
    events.iter().fold(first.len(), |shared, event| {
        let key = event.key.as_bytes();
        first[..shared].iter().zip(key).take_while(|(a, b)| a == b).count()
    })
}

/// The first 16 bytes as a number that orders like they do; a shorter text is smaller than its continuations.
fn next_bytes(text: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    let count = text.len().min(bytes.len());
    bytes[..count].copy_from_slice(&text[..count]);
    u128::from_be_bytes(bytes)
}
