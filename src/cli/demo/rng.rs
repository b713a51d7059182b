//! Chance that repeats itself, for made-up data only.
//!
//! splitmix64 (Steele, Lea and Flood, 2014) instead of the `rand` crate: the same seed must give the same bytes in
//! every future build, which `rand` does not promise for its default generators, and ten lines do. Never for secrets.

pub(super) struct Rng(u64);

impl Rng {
    /// Returns the generator of one stream (a day, a document), unrelated to the seed's other streams.
    pub(super) fn new(seed: u64, stream: u64) -> Rng {
        Rng(Rng(seed).next_u64() ^ Rng(stream).next_u64())
    }

    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number from `low` to `high`, both included. The bias of the remainder is far below what anyone sees.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next_u64() % (high.saturating_sub(low) + 1)
    }

    /// Like [`Rng::between`], but small numbers are common and large ones rare.
    pub(super) fn mostly_small(&mut self, low: u64, high: u64) -> u64 {
        let part = self.between(0, 1_000);
        low + (high - low) * part * part * part / 1_000_000_000
    }

    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.between(1, 100) <= chance
    }

    /// Returns one of `choices`, each as likely as its weight.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[(T, u64)]) -> T {
        let total: u64 = choices.iter().map(|(_, weight)| weight).sum();
        let mut at = self.between(1, total.max(1));
        for (choice, weight) in choices {
            if at <= *weight {
                return *choice;
            }
            at -= weight;
        }
        choices.last().expect("every list of choices is written out and has one").0
    }

    pub(super) fn hex(&mut self) -> String {
        format!("{:016x}", self.next_u64())
    }

    /// Returns something that looks like a random UUID (version 4).
    pub(super) fn uuid(&mut self) -> String {
        let (a, b) = (self.hex(), self.hex());
        format!("{}-{}-4{}-8{}-{}", &a[..8], &a[8..12], &a[13..], &b[1..4], &b[4..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let draw = |seed, stream| Rng::new(seed, stream).uuid();
        assert_eq!(draw(1, 7), draw(1, 7));
        assert_ne!(draw(1, 7), draw(1, 8));
        assert_ne!(draw(1, 7), draw(2, 7));
        assert_eq!(draw(1, 7).len(), 36);
    }

    #[test]
    fn numbers_stay_in_their_bounds() {
        let mut rng = Rng::new(1, 1);
        for _ in 0..1_000 {
            assert!((3..=9).contains(&rng.between(3, 9)));
            assert!((3..=9).contains(&rng.mostly_small(3, 9)));
            assert_eq!(rng.pick(&[('a', 0), ('b', 5), ('c', 0)]), 'b');
        }
    }
}
