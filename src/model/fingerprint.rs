//! A fingerprint to notice change by: FNV-1a, 64 bits. Not for secrets, and not against anybody's ill will.

/// Returns the fingerprint of `bytes`; the same on every machine and in every release.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
