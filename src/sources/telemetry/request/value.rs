//! Attributes, and the values they have.

use std::borrow::Cow;

use super::List;
use crate::sources::telemetry::message::{Field, Message};

/// Something that is said: its name and its value.
#[derive(Debug, Default)]
pub(in crate::sources::telemetry) struct Attribute<'a> {
    pub key: Cow<'a, str>,
    pub value: Value<'a>,
}

impl<'a> Message<'a> for Attribute<'a> {
    fn number(&self, name: &str) -> u32 {
        match name {
            "key" => 1,
            "value" => 2,
            _ => 0,
        }
    }

    fn take<F: Field<'a>>(&mut self, number: u32, field: F) -> Result<(), F::Error> {
        match number {
            1 => match field.scalar()?.text() {
                Some(key) => self.key = key,
                None => self.value = Value::Spoilt,
            },
            2 => field.message(&mut self.value)?,
            _ => field.skip()?,
        }
        Ok(())
    }

    fn spoil(&mut self) -> bool {
        self.value.spoil()
    }
}

/// A value of any type.
#[derive(Debug, Default)]
pub(in crate::sources::telemetry) enum Value<'a> {
    #[default]
    Nothing,
    Text(Cow<'a, str>),
    Truth(bool),
    Integer(i64),
    Decimal(f64),
    List(Vec<Value<'a>>),
    Map(Vec<Attribute<'a>>),
    Bytes(Cow<'a, [u8]>),
    /// It is not what it says it is.
    Spoilt,
}

impl<'a> Message<'a> for Value<'a> {
    fn number(&self, name: &str) -> u32 {
        match name {
            "stringValue" => 1,
            "boolValue" => 2,
            "intValue" => 3,
            "doubleValue" => 4,
            "arrayValue" => 5,
            "kvlistValue" => 6,
            "bytesValue" => 7,
            _ => 0,
        }
    }

    fn take<F: Field<'a>>(&mut self, number: u32, field: F) -> Result<(), F::Error> {
        let value = match number {
            1 => field.scalar()?.text().map(Value::Text),
            2 => field.scalar()?.truth().map(Value::Truth),
            3 => field.scalar()?.integer().map(Value::Integer),
            4 => field.scalar()?.decimal().map(Value::Decimal),
            5 => {
                let mut items = Vec::new();
                field.message(&mut List { name: "values", items: &mut items })?;
                Some(Value::List(items))
            }
            6 => {
                let mut items = Vec::new();
                field.message(&mut List { name: "values", items: &mut items })?;
                Some(Value::Map(items))
            }
            7 => field.scalar()?.bytes().map(Value::Bytes),
            _ => return field.skip(),
        };
        *self = value.unwrap_or(Value::Spoilt);
        Ok(())
    }

    fn spoil(&mut self) -> bool {
        *self = Value::Spoilt;
        true
    }
}
