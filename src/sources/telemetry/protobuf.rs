//! Messages written as protobuf.

use std::cell::Cell;

use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use super::message::{Field, Message, Scalar};

/// Values nest as deep as somebody likes.
const DEPTH: u32 = 100;

/// Why a body was not read.
pub(super) enum Refusal {
    /// There is more in its lists than was allowed.
    TooMuch,
    Broken(&'static str),
}

/// Reads a body into a message, and no more than `most` items of its lists.
pub(super) fn read<'a, M: Message<'a>>(body: &'a [u8], into: &mut M, most: usize) -> Result<(), Refusal> {
    fields(body, into, &Bounds { items: &Cell::new(most), depth: DEPTH })
}

struct Bounds<'b> {
    /// How many items there may be still.
    items: &'b Cell<usize>,
    depth: u32,
}

struct Wire<'a, 'b> {
    scalar: Scalar<'a>,
    bounds: &'b Bounds<'b>,
}

impl<'a> Field<'a> for Wire<'a, '_> {
    type Error = Refusal;

    fn scalar(self) -> Result<Scalar<'a>, Refusal> {
        Ok(self.scalar)
    }

    fn message<M: Message<'a>>(self, into: &mut M) -> Result<(), Refusal> {
        let Scalar::Bytes(body) = self.scalar else { return Err(Refusal::Broken("a message in it is none")) };
        let depth = self.bounds.depth.checked_sub(1).ok_or(Refusal::Broken("it nests too deep"))?;
        fields(body, into, &Bounds { depth, ..*self.bounds })
    }

    /// Each field is one item.
    fn list<M: Message<'a>>(self, into: &mut Vec<M>, empty: impl Fn() -> M) -> Result<(), Refusal> {
        let items = self.bounds.items;
        items.set(items.get().checked_sub(1).ok_or(Refusal::TooMuch)?);
        let mut item = empty();
        self.message(&mut item)?;
        into.push(item);
        Ok(())
    }

    fn skip(self) -> Result<(), Refusal> {
        Ok(())
    }
}

fn fields<'a, M: Message<'a>>(mut body: &'a [u8], into: &mut M, bounds: &Bounds<'_>) -> Result<(), Refusal> {
    while !body.is_empty() {
        let (number, scalar) = field(&mut body).ok_or(Refusal::Broken("it breaks off, or is something else"))?;
        into.take(number, Wire { scalar, bounds })?;
    }
    Ok(())
}

/// Takes a field off a message: its number, and what it holds.
fn field<'a>(body: &mut &'a [u8]) -> Option<(u32, Scalar<'a>)> {
    let (number, kind) = decode_key(body).ok()?;
    let scalar = match kind {
        WireType::Varint => Scalar::Unsigned(decode_varint(body).ok()?),
        WireType::SixtyFourBit => {
            let (bits, rest) = body.split_first_chunk()?;
            *body = rest;
            Scalar::Fixed(u64::from_le_bytes(*bits))
        }
        WireType::LengthDelimited => {
            let length = usize::try_from(decode_varint(body).ok()?).ok()?;
            let (bytes, rest) = body.split_at_checked(length)?;
            *body = rest;
            Scalar::Bytes(bytes)
        }
        WireType::StartGroup | WireType::EndGroup | WireType::ThirtyTwoBit => {
            skip_field(kind, number, body, DecodeContext::default()).ok()?;
            Scalar::Other
        }
    };
    Some((number, scalar))
}
