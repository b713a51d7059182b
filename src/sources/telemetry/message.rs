//! What a message and a field are, whichever way they are written: it is said once which fields are read, and each
//! encoding only finds them. Everything is borrowed from the body, and what nobody reads is passed over.

use std::borrow::Cow;

/// A message of OTLP.
pub(super) trait Message<'a> {
    /// The number of a field that JSON knows by its name; 0 for one that nobody reads.
    fn number(&self, name: &str) -> u32;

    /// Takes what a field says; one that comes again adds to a list, and otherwise stands for the one before.
    fn take<F: Field<'a>>(&mut self, number: u32, field: F) -> Result<(), F::Error>;

    /// Notes that something else stands in its place. Returns whether only itself is lost by that.
    fn spoil(&mut self) -> bool {
        false
    }
}

/// A field of a message, not yet read.
pub(super) trait Field<'a>: Sized {
    type Error;

    fn scalar(self) -> Result<Scalar<'a>, Self::Error>;

    fn message<M: Message<'a>>(self, into: &mut M) -> Result<(), Self::Error>;

    /// Adds to a list; `empty` makes what an item is read into.
    fn list<M: Message<'a>>(self, into: &mut Vec<M>, empty: impl Fn() -> M) -> Result<(), Self::Error>;

    fn skip(self) -> Result<(), Self::Error>;
}

/// A value as it was written. Only who reads it knows what it should be: what it cannot be is `None`.
pub(super) enum Scalar<'a> {
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
    Truth(bool),
    Integer(i64),
    Unsigned(u64),
    Decimal(f64),
    /// Eight bytes that are an integer or a decimal.
    Fixed(u64),
    /// No scalar.
    Other,
}

impl<'a> Scalar<'a> {
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Scalar::Text(text) => Some(text),
            Scalar::Bytes(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            _ => None,
        }
    }

    /// JSON has them in base64, and they stay so: they only tell series apart.
    pub(super) fn bytes(self) -> Option<Cow<'a, [u8]>> {
        match self {
            Scalar::Bytes(bytes) => Some(Cow::Borrowed(bytes)),
            Scalar::Text(Cow::Borrowed(text)) => Some(Cow::Borrowed(text.as_bytes())),
            Scalar::Text(Cow::Owned(text)) => Some(Cow::Owned(text.into_bytes())),
            _ => None,
        }
    }

    pub(super) fn truth(self) -> Option<bool> {
        match self {
            Scalar::Truth(truth) => Some(truth),
            Scalar::Unsigned(number) => Some(number != 0),
            _ => None,
        }
    }

    pub(super) fn integer(self) -> Option<i64> {
        match self {
            Scalar::Integer(number) => Some(number),
            Scalar::Unsigned(number) | Scalar::Fixed(number) => Some(number.cast_signed()),
            Scalar::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(super) fn nanoseconds(self) -> Option<u64> {
        match self {
            Scalar::Unsigned(number) | Scalar::Fixed(number) => Some(number),
            Scalar::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts beyond 2^53 are refused")]
    pub(super) fn decimal(self) -> Option<f64> {
        match self {
            Scalar::Decimal(number) => Some(number),
            Scalar::Integer(number) => Some(number as f64),
            Scalar::Unsigned(number) => Some(number as f64),
            Scalar::Fixed(bits) => Some(f64::from_bits(bits)),
            Scalar::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}
