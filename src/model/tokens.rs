//! Token counts by kind, as every provider bills them.

use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

/// Token counts of one request or of a sum of requests. `input` excludes everything that touched the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Tokens {
    pub input: u64,
    #[serde(rename = "cacheWrite5m")]
    pub cache_write_5m: u64,
    #[serde(rename = "cacheWrite1h")]
    pub cache_write_1h: u64,
    pub cache_read: u64,
    pub output: u64,
}

impl Tokens {
    /// Returns what the model read: input, cache writes and cache reads (`tokensIn` of the reports).
    #[must_use]
    pub fn tokens_in(&self) -> u64 {
        self.input
            .saturating_add(self.cache_write_5m)
            .saturating_add(self.cache_write_1h)
            .saturating_add(self.cache_read)
    }

    /// Returns every token, read or written.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.tokens_in().saturating_add(self.output)
    }

    /// Returns what both have, kind by kind.
    #[must_use]
    pub fn common(&self, other: &Tokens) -> Tokens {
        Tokens {
            input: self.input.min(other.input),
            cache_write_5m: self.cache_write_5m.min(other.cache_write_5m),
            cache_write_1h: self.cache_write_1h.min(other.cache_write_1h),
            cache_read: self.cache_read.min(other.cache_read),
            output: self.output.min(other.output),
        }
    }

    /// Returns what the other leaves of it, kind by kind.
    #[must_use]
    pub fn without(&self, other: &Tokens) -> Tokens {
        Tokens {
            input: self.input.saturating_sub(other.input),
            cache_write_5m: self.cache_write_5m.saturating_sub(other.cache_write_5m),
            cache_write_1h: self.cache_write_1h.saturating_sub(other.cache_write_1h),
            cache_read: self.cache_read.saturating_sub(other.cache_read),
            output: self.output.saturating_sub(other.output),
        }
    }

    /// Returns the part of the prompt that came from the cache, 0..=100, or `None` when nothing was read.
    #[must_use]
    pub fn cache_hit_pct(&self) -> Option<u64> {
        (self.tokens_in() > 0).then(|| self.cache_read.saturating_mul(100) / self.tokens_in())
    }
}

/// Writes a count in its largest unit, with three digits: `1.94 B`, `12.3 M`, `456 k`, `78`.
#[must_use]
pub fn compact(count: u64) -> String {
    let units = [(1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")];
    let Some((unit, name)) = units.into_iter().find(|(unit, _)| count >= *unit) else { return count.to_string() };
    let hundredths = u128::from(count) * 100 / u128::from(unit);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match whole {
        100.. => format!("{whole} {name}"),
        10.. => format!("{whole}.{} {name}", rest / 10),
        _ => format!("{whole}.{rest:02} {name}"),
    }
}

impl Add for Tokens {
    type Output = Tokens;

    fn add(self, other: Tokens) -> Tokens {
        Tokens {
            input: self.input.saturating_add(other.input),
            cache_write_5m: self.cache_write_5m.saturating_add(other.cache_write_5m),
            cache_write_1h: self.cache_write_1h.saturating_add(other.cache_write_1h),
            cache_read: self.cache_read.saturating_add(other.cache_read),
            output: self.output.saturating_add(other.output),
        }
    }
}

impl AddAssign for Tokens {
    fn add_assign(&mut self, other: Tokens) {
        *self = *self + other;
    }
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn counts_are_written_in_their_largest_unit() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1.00 k"),
            (12_345_678, "12.3 M"),
            (1_940_000_000, "1.94 B"),
            (456_789, "456 k"),
        ] {
            assert_eq!(compact(count), text);
        }
    }
}
