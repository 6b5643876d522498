//! Describing the API for its OpenAPI document, from the same tables by which requests are checked.
//!
//! What a table does not say, such as "the end is not before the start", stands in the descriptions.

mod query;

use std::collections::BTreeMap;

use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, SchemaType, Type};
use utoipa::openapi::{ArrayBuilder, Content, ObjectBuilder, RefOr, Response, ResponseBuilder, Schema};
use utoipa::{IntoResponses, ToSchema};

pub use self::query::{PAGING, Query, query_parameters};
use super::problem;
use crate::base::object::{Kind, Member};

/// A day of the years that every database can hold; the 29th of February is not drawn up, and taken all the same.
const DATE: &str = "(19(7[1-9]|[89][0-9])|20([0-2][0-9]|3[0-7]))-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|\
                    (0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))";
/// A day of a year that is over for certain; later ones are taken up to today.
const PAST_DATE: &str = "(19(7[1-9]|[89][0-9])|20([01][0-9]|2[0-5]))-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])";
const CLOCK: &str = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,3})?)?";
/// Money that may be entered, in the text of a query.
const MONEY: &str = "[0-9]{1,10}(\\.[0-9]{1,5})?";
const LINE: &str = "[^\\u0000-\\u001F\\u007F-\\u009F]";

/// A type of the document that is described by the members which its reader knows.
macro_rules! described_body {
    ($(#[$doc:meta])* $name:ident, $members:expr) => {
        described_body!($(#[$doc])* $name = $crate::web::document::object($members));
    };
    ($(#[$doc:meta])* $name:ident = $schema:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $schema.into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use described_body;

/// The schema of an object that is one of several kinds.
pub fn any_of(kinds: &[&[Member]]) -> Schema {
    let any = kinds.iter().fold(AnyOfBuilder::new(), |any, members| any.item(object(members)));
    Schema::AnyOf(any.build())
}

/// The schema of an object of those members and no others.
pub fn object(members: &[Member]) -> Schema {
    let mut object = ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    for member in members {
        object = object.property(member.name, value(member));
        if member.required {
            object = object.required(member.name);
        }
    }
    Schema::from(object)
}

fn types(member: &Member, kind: Type) -> SchemaType {
    if member.nullable { SchemaType::from_iter([kind, Type::Null]) } else { kind.into() }
}

fn value(member: &Member) -> Schema {
    let text = || ObjectBuilder::new().schema_type(types(member, Type::String));
    if member.kind == Kind::Texts {
        let texts = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String));
        return Schema::from(texts.min_items(Some(1)).build());
    }
    let built = match member.kind {
        Kind::Texts => text(),
        Kind::Line(limit) if member.required => text()
            .min_length(Some(1))
            .max_length(Some(limit))
            .pattern(Some(format!("^({LINE}*[^\\s\\u0000-\\u001F\\u007F-\\u009F]{LINE}*)$"))),
        Kind::Line(limit) => text().max_length(Some(limit)).pattern(Some(format!("^{LINE}*$"))),
        // The limit is no maxLength: a text that long, with its escapes, may be too much for a body in the first place.
        Kind::Text(limit) if member.required => text()
            .min_length(Some(1))
            .description(Some(format!("At most {limit} characters.")))
            .pattern(Some("^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")),
        Kind::Text(limit) => {
            text().description(Some(format!("At most {limit} characters."))).pattern(Some("^[^\\u0000]*$"))
        }
        Kind::Date => text().pattern(Some(format!("^{DATE}$"))),
        Kind::PastDate => text()
            .pattern(Some(format!("^{PAST_DATE}$")))
            .description(Some("A day, YYYY-MM-DD, today at the latest.")),
        Kind::Time => text().pattern(Some(format!("^{DATE}[ T]{CLOCK}$"))),
        Kind::Money => ObjectBuilder::new()
            .schema_type(types(member, Type::Number))
            .minimum(Some(0))
            .maximum(Some(90_000_000_000_usize))
            .multiple_of(Some(0.000_01)),
        Kind::Seconds => ObjectBuilder::new()
            .schema_type(types(member, Type::Number))
            .minimum(Some(0))
            .maximum(Some(999_999_999_999_usize)),
        Kind::Count => ObjectBuilder::new()
            .schema_type(SchemaType::Array(vec![Type::Integer, Type::String, Type::Null]))
            .minimum(Some(0))
            .maximum(Some(999_999_999_999_usize))
            .pattern(Some("^[0-9]{1,12}$")),
        Kind::OneOf(words) => {
            let words = words.iter().map(|word| serde_json::Value::from(*word));
            let nothing = member.nullable.then_some(serde_json::Value::Null);
            text().enum_values(Some(words.chain(nothing)))
        }
        Kind::Flag => ObjectBuilder::new().schema_type(types(member, Type::Boolean)),
        Kind::Json => ObjectBuilder::new()
            .schema_type(types(member, Type::Object))
            .min_properties(Some(1))
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(true))),
        Kind::Record(fields) => fields
            .iter()
            .fold(ObjectBuilder::new(), |record, field| {
                record.property(*field, Schema::from(ObjectBuilder::new().schema_type(SchemaType::AnyValue)))
            })
            .schema_type(types(member, Type::Object))
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
            .description(Some(
                "Fields of the record as last read. Where one differs now, nothing is changed: 409.",
            )),
    };
    Schema::from(built)
}

/// What the server answers to what it refuses (RFC 9457).
#[derive(Debug, ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "describes the body of a refusal for the document")]
pub struct ProblemBody {
    r#type: String,
    title: String,
    status: u16,
    /// What happened, in the language of Accept-Language.
    detail: String,
    /// To be told to whoever looks into the log.
    request_id: String,
    /// All that is wrong, by field.
    errors: Option<BTreeMap<String, Vec<String>>>,
    /// With 409: the fields that differ from `expect`, as they were expected.
    expected: Option<BTreeMap<String, serde_json::Value>>,
    /// With 409: the same fields as they are.
    present: Option<BTreeMap<String, serde_json::Value>>,
}

fn refusals(all: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let refusal = |(status, meaning): &(&str, &str)| {
        let schema = utoipa::openapi::Ref::from_schema_name(ProblemBody::name());
        let content = Content::new(Some(RefOr::<Schema>::Ref(schema)));
        let response =
            ResponseBuilder::new().description(*meaning).content(problem::CONTENT_TYPE, content).build();
        ((*status).to_owned(), RefOr::T(response))
    };
    all.iter().map(refusal).collect()
}

const ALWAYS: [(&str, &str); 5] = [
    ("401", "No token that holds."),
    ("403", "The token's role may not do this."),
    ("404", "There is no such record, or the cursor is of no list."),
    ("422", "Fields with wrong values or names; `errors` names all of them."),
    ("503", "The database is away; nothing was done."),
];

/// How reading may be refused.
#[derive(Debug)]
pub struct ReadRefusals;

impl IntoResponses for ReadRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[&ALWAYS[..], &[("400", "The query string is not UTF-8.")]].concat())
    }
}

/// How a change may be refused.
#[derive(Debug)]
pub struct WriteRefusals;

impl IntoResponses for WriteRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let more = [
            ("400", "The body is no JSON."),
            ("408", "The body came too slowly."),
            (
                "409",
                "Not possible in the present state, which the problem tells; or the record changed since it was read.",
            ),
            ("413", "The body is larger than 1 MiB."),
            ("415", "The body does not say that it is application/json."),
        ];
        refusals(&[&ALWAYS[..], &more].concat())
    }
}
