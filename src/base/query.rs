//! What a value of a query string may be.

/// The kind of a value; blank counts as absent.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    /// A line of at most this many characters.
    Line(usize),
    /// An id as a row has it, with any characters.
    Key,
    Date,
    /// A day, or a time of day on it.
    Moment,
    Time,
    Money,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One of these words, or two of them with a comma between.
    OneOrTwoOf(&'static [&'static str]),
    /// A whole number between these, in the text.
    Count(u64, u64),
    Cursor,
}
