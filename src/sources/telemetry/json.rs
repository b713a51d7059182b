//! Messages written as JSON.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::message::{Field, Message, Scalar};

/// Reads a body into a message.
pub(super) fn read<'a, M: Message<'a>>(body: &'a str, into: &mut M) -> serde_json::Result<()> {
    let mut json = serde_json::Deserializer::from_str(body);
    Json(&mut json).message(into)?;
    json.end()
}

struct Json<D>(D);

impl<'a, D: Deserializer<'a>> Field<'a> for Json<D> {
    type Error = D::Error;

    fn scalar(self) -> Result<Scalar<'a>, D::Error> {
        Ok(self.0.deserialize_any(Any(&mut Unread))?.unwrap_or(Scalar::Other))
    }

    fn message<M: Message<'a>>(self, into: &mut M) -> Result<(), D::Error> {
        let other = self.0.deserialize_any(Any(into))?.is_some();
        if other && !into.spoil() {
            Err(D::Error::custom("something else stands where an object should"))
        } else {
            Ok(())
        }
    }

    fn list<M: Message<'a>>(self, into: &mut Vec<M>, empty: impl Fn() -> M) -> Result<(), D::Error> {
        self.0.deserialize_seq(List(into, empty))
    }

    fn skip(self) -> Result<(), D::Error> {
        self.0.deserialize_ignored_any(IgnoredAny).map(drop)
    }
}

/// A message that is there to be passed over.
struct Unread;

impl<'a> Message<'a> for Unread {
    fn number(&self, _name: &str) -> u32 {
        0
    }

    fn take<F: Field<'a>>(&mut self, _number: u32, field: F) -> Result<(), F::Error> {
        field.skip()
    }
}

/// Whatever stands there: an object goes into the message, and anything else is given back.
struct Any<'m, M>(&'m mut M);

impl<'a, M: Message<'a>> Visitor<'a> for Any<'_, M> {
    type Value = Option<Scalar<'a>>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while let Some(number) = map.next_key_seed(Name(&*self.0))? {
            map.next_value_seed(Value(self.0, number))?;
        }
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Some(Scalar::Other))
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Text(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Text(Cow::Owned(text.to_owned()))))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Truth(truth)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Integer(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Unsigned(number)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Decimal(number)))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Other))
    }
}

/// The name of a field of a message.
struct Name<'m, M>(&'m M);

impl<'a, M: Message<'a>> DeserializeSeed<'a> for Name<'_, M> {
    type Value = u32;

    fn deserialize<D: Deserializer<'a>>(self, name: D) -> Result<u32, D::Error> {
        name.deserialize_str(self)
    }
}

impl<'a, M: Message<'a>> Visitor<'a> for Name<'_, M> {
    type Value = u32;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<u32, E> {
        Ok(self.0.number(name))
    }
}

/// A field of a message, whose number is known; `null` is as if it were not there.
struct Value<'m, M>(&'m mut M, u32);

impl<'a, M: Message<'a>> DeserializeSeed<'a> for Value<'_, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_option(self)
    }
}

impl<'a, M: Message<'a>> Visitor<'a> for Value<'_, M> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'a>>(self, value: D) -> Result<(), D::Error> {
        self.0.take(self.1, Json(value))
    }
}

struct List<'m, M, N>(&'m mut Vec<M>, N);

impl<'a, M: Message<'a>, N: Fn() -> M> Visitor<'a> for List<'_, M, N> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<(), A::Error> {
        let mut item = self.1();
        while list.next_element_seed(Item(&mut item))?.is_some() {
            self.0.push(std::mem::replace(&mut item, self.1()));
        }
        Ok(())
    }
}

struct Item<'m, M>(&'m mut M);

impl<'a, M: Message<'a>> DeserializeSeed<'a> for Item<'_, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, item: D) -> Result<(), D::Error> {
        Json(item).message(self.0)
    }
}
