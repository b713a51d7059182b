//! The messages of a request, as far as they are read: it tells of resources, those of scopes, and those of metrics or of
//! records. The numbers are those of OpenTelemetry's `.proto` files, which in JSON are names.

mod metric;
mod record;
mod value;

use std::borrow::Cow;

use super::message::{Field, Message};

pub(super) use metric::{Metric, Point, Series, Shape};
pub(super) use record::Record;
pub(super) use value::{Attribute, Value};

/// What a request is about: metrics or records.
pub(super) trait Item<'a>: Message<'a> + Default {
    /// What JSON calls the lists that lead to them.
    const RESOURCES: &'static str;
    const SCOPES: &'static str;
    const ITEMS: &'static str;
}

/// What one program tells.
#[derive(Debug, Default)]
pub(super) struct Resource<'a, T> {
    pub attributes: Vec<Attribute<'a>>,
    pub scopes: Vec<Scope<'a, T>>,
}

impl<'a, T: Item<'a>> Message<'a> for Resource<'a, T> {
    fn number(&self, name: &str) -> u32 {
        if name == "resource" { 1 } else { 2 * u32::from(name == T::SCOPES) }
    }

    fn take<F: Field<'a>>(&mut self, number: u32, field: F) -> Result<(), F::Error> {
        match number {
            1 => field.message(&mut List { name: "attributes", items: &mut self.attributes }),
            2 => field.list(&mut self.scopes, Scope::default),
            _ => field.skip(),
        }
    }
}

/// What one library of a program tells.
#[derive(Debug, Default)]
pub(super) struct Scope<'a, T> {
    pub name: Cow<'a, str>,
    pub items: Vec<T>,
}

impl<'a, T: Item<'a>> Message<'a> for Scope<'a, T> {
    fn number(&self, name: &str) -> u32 {
        if name == "scope" { 1 } else { 2 * u32::from(name == T::ITEMS) }
    }

    fn take<F: Field<'a>>(&mut self, number: u32, field: F) -> Result<(), F::Error> {
        match number {
            1 => field.message(&mut Name(&mut self.name)),
            2 => field.list(&mut self.items, T::default),
            _ => field.skip(),
        }
    }
}

/// A message whose first field is a list, and of which nothing else is read.
pub(super) struct List<'m, M> {
    pub name: &'static str,
    pub items: &'m mut Vec<M>,
}

impl<'a, M: Message<'a> + Default> Message<'a> for List<'_, M> {
    fn number(&self, name: &str) -> u32 {
        u32::from(name == self.name)
    }

    fn take<F: Field<'a>>(&mut self, number: u32, field: F) -> Result<(), F::Error> {
        if number == 1 { field.list(self.items, M::default) } else { field.skip() }
    }
}

/// A message whose first field is its name, and of which nothing else is read.
struct Name<'m, 'a>(&'m mut Cow<'a, str>);

impl<'a> Message<'a> for Name<'_, 'a> {
    fn number(&self, name: &str) -> u32 {
        u32::from(name == "name")
    }

    fn take<F: Field<'a>>(&mut self, number: u32, field: F) -> Result<(), F::Error> {
        if number != 1 {
            return field.skip();
        }
        *self.0 = field.scalar()?.text().unwrap_or_default();
        Ok(())
    }
}
