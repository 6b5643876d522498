//! A row as programs get it: the columns of its table by name, then the names of things and what is known besides.

use serde::ser::{Serialize, SerializeMap, Serializer};
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{Object, ObjectBuilder};

use crate::base::columns::{Cell, Column, Kind};
use crate::base::expect::BEYOND;
use crate::base::foreign;
use crate::base::money::Number;
use crate::names::Names;
use crate::names::columns::Face;

/// The members of an answer's object, in their order.
#[derive(Debug, Clone)]
pub struct Members(Vec<(&'static str, Member)>);

#[derive(Debug, Clone)]
enum Member {
    Cell(Cell<'static>),
    Flag(bool),
}

impl Members {
    /// A row, its secrets masked.
    pub fn of<T>(columns: &'static [Column<T>], row: &T, names: &Names) -> Members {
        let mut members = Vec::with_capacity(columns.len() + 6);
        let mut beyond = Vec::new();
        for (name, cell) in Face::Program.cells(columns, row, names, true) {
            let hex = match &cell {
                Cell::Text(Some(id)) if name == "id" => foreign::hex_of(id),
                _ => None,
            };
            if matches!(cell, Cell::Money(Some(money)) if money.is_beyond()) {
                beyond.push(name);
            }
            members.push((name, Member::Cell(cell.into_owned())));
            members.extend(hex.map(|hex| ("id_hex", Member::Cell(Cell::Text(Some(hex.into()))))));
        }
        if !beyond.is_empty() {
            members.push((BEYOND, Member::Cell(Cell::Text(Some(beyond.join(" ").into())))));
        }
        Members(members)
    }

    /// The same with one more.
    pub fn with(mut self, name: &'static str, cell: Cell<'static>) -> Members {
        self.0.push((name, Member::Cell(cell)));
        self
    }

    /// The same with a flag.
    pub fn flag(mut self, name: &'static str, value: bool) -> Members {
        self.0.push((name, Member::Flag(value)));
        self
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, member) in &self.0 {
            match member {
                Member::Flag(value) => map.serialize_entry(name, value)?,
                Member::Cell(Cell::Money(money)) => map.serialize_entry(name, &money.map(Number))?,
                Member::Cell(Cell::Count(count)) => map.serialize_entry(name, count)?,
                Member::Cell(Cell::Seconds(seconds)) => map.serialize_entry(name, seconds)?,
                Member::Cell(cell) => map.serialize_entry(name, &cell.to_text())?,
            }
        }
        map.end()
    }
}

/// The document's schema of such an object.
pub fn schema<T>(columns: &[Column<T>], description: &str) -> ObjectBuilder {
    let mut object = ObjectBuilder::new().schema_type(Type::Object).description(Some(description));
    for column in columns.iter().filter(|column| Face::Program.shows(column.place)) {
        object = object.property(column.name, property(column.kind, column.document));
        if column.kind == Kind::Id {
            let hex = ObjectBuilder::new().schema_type(Type::String);
            let hex = hex.description(Some("The bytes of the id, where it is no text."));
            object = object.required(column.name).property("id_hex", hex.build());
        }
    }
    let beyond = ObjectBuilder::new().schema_type(Type::String).description(Some(
        "Where amount or cost holds more than 90,000,000,000,000 (or less than its negative) and is given and counted as \
         just that: which of them, with a blank between.",
    ));
    let object = object.property(BEYOND, beyond.build());
    Face::Program.names().into_iter().fold(object, |object, name| {
        let document = if name == "llmid_text" { "The name of the model, where it is known." } else { "" };
        object.property(name, property(Kind::Text(0), document))
    })
}

/// The schema of a member that holds what such a column holds.
pub fn property(kind: Kind, document: &str) -> Object {
    let (holds, format) = match kind {
        Kind::Money | Kind::Seconds => (Type::Number, Some(KnownFormat::Double)),
        Kind::Count => (Type::Integer, Some(KnownFormat::Int32)),
        _ => (Type::String, None),
    };
    let types = match kind {
        Kind::Id => SchemaType::Type(holds),
        _ => SchemaType::from_iter([holds, Type::Null]),
    };
    ObjectBuilder::new()
        .schema_type(types)
        .format(format.map(SchemaFormat::KnownFormat))
        .description((!document.is_empty()).then_some(document))
        .build()
}
