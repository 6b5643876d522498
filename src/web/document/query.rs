//! Describing query strings.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{AnyOfBuilder, Type};
use utoipa::openapi::{ObjectBuilder, Required, Schema};

use super::{CLOCK, DATE, LINE, MONEY};
use crate::base::form::LONGEST_KEY;
pub use crate::base::query::Value as Query;
use crate::web::json;
/// Parameters of the query string, from a table of names, kinds and what they mean.
pub fn query_parameters(table: &[(&'static str, Query, &'static str)]) -> Vec<Parameter> {
    let parameter = |(name, kind, meaning): &(&'static str, Query, &'static str)| {
        ParameterBuilder::new()
            .name(*name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(*meaning))
            .schema(Some(value(*kind)))
            .build()
    };
    table.iter().map(parameter).collect()
}

fn value(kind: Query) -> Schema {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let built = match kind {
        Query::Line(limit) => text.max_length(Some(limit)).pattern(Some(format!("^{LINE}*$"))),
        Query::Key => text.max_length(Some(LONGEST_KEY)).pattern(Some("^[^\\x00]*$")),
        Query::Date => text.pattern(Some(format!("^({DATE})?$"))),
        Query::Moment => text.pattern(Some(format!("^({DATE}([ T]{CLOCK})?)?$"))),
        Query::Time => text.pattern(Some(format!("^({DATE}[ T]{CLOCK})?$"))),
        Query::Money => text.pattern(Some(format!("^({MONEY})?$"))),
        Query::OneOf(words) => text.enum_values(Some(words.iter().copied())),
        Query::OneOrTwoOf(words) => {
            let word = words.join("|");
            text.pattern(Some(format!("^(({word})(,({word}))?)?$")))
        }
        Query::Count(least, most) => {
            let number = ObjectBuilder::new()
                .schema_type(Type::Integer)
                .minimum(Some(least as usize))
                .maximum(Some(most as usize));
            let blank = text.max_length(Some(0));
            return Schema::AnyOf(AnyOfBuilder::new().item(number).item(blank).build());
        }
        Query::Cursor => text.pattern(Some(format!("^({}[A-Za-z0-9_-]+)?$", json::CURSOR_PREFIX))),
    };
    Schema::from(built)
}

/// Which page, and how many rows: what every list takes besides its filter.
pub const PAGING: [(&str, Query, &str); 4] = [
    ("page_size", Query::Count(1, 200), "Rows on a page; 20 unless given."),
    (
        "page",
        Query::Count(1, json::LAST_PAGE),
        "The number of a page; cursors go further, and exclude a number.",
    ),
    ("after", Query::Cursor, "The cursor `next` of the page before: goes on, as far as there are rows."),
    ("before", Query::Cursor, "A cursor: the page before it."),
];
