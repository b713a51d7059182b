//! What prices need of a model's name beyond its spelling: whether it asks for the fast mode, and which name of a list it
//! means.

use std::collections::HashSet;

pub(super) use crate::model::{ModelStep as Step, normal_model as normal, shorter_model as shorter};

/// Returns whether the name says the request ran in fast mode (`claude-opus-4-6-fast`), which is a price of its own.
#[must_use]
pub fn implies_fast(model: &str) -> bool {
    let name = normal(model);
    let mut step = Step { name: &name, fast: false };
    while let Some(next) = shorter(step.name) {
        step = Step { name: next.name, fast: step.fast || next.fast };
    }
    step.fast
}

/// Returns which of `names` the name means, as it is or with parts removed. A fast mode is a price of its own.
pub(super) fn spelled<'a>(name: &'a str, names: &HashSet<String>) -> Option<&'a str> {
    let mut name = name;
    while !names.contains(name) {
        name = shorter(name).filter(|step| !step.fast)?.name;
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_is_a_suffix_wherever_it_stands_among_suffixes() {
        for name in ["claude-opus-4-6-fast", "Claude-Opus-4-6-FAST[1m]", "anthropic/claude-opus-4-6-fast-20260205"] {
            assert!(implies_fast(name), "{name}");
        }
        for name in ["grok-code-fast-1", "grok-4-fast-reasoning", "claude-opus-4-6", "fast", ""] {
            assert!(!implies_fast(name), "{name}");
        }
    }
}
