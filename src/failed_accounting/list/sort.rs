//! The order of a list: a column and a direction, ties by id in the same direction.

/// What a list may be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortColumn {
    FailedTime,
    UseTime,
    Amount,
    Cost,
}

impl SortColumn {
    pub const ALL: [SortColumn; 4] =
        [SortColumn::FailedTime, SortColumn::UseTime, SortColumn::Amount, SortColumn::Cost];

    /// Its name in the query string, which is its column too.
    pub fn name(self) -> &'static str {
        match self {
            SortColumn::FailedTime => "failed_time",
            SortColumn::UseTime => "use_time",
            SortColumn::Amount => "amount",
            SortColumn::Cost => "cost",
        }
    }

    /// Whether the column holds times; the others hold money.
    pub fn is_time(self) -> bool {
        matches!(self, SortColumn::FailedTime | SortColumn::UseTime)
    }
}

/// The order of a list; ties by id in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub column: SortColumn,
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Sort {
        Sort { column: SortColumn::FailedTime, descending: true }
    }
}

impl Sort {
    /// As in the query string: `-failed_time`.
    pub fn name(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.column.name())
    }

    /// Reads what [`Sort::name`] writes.
    pub fn parse(text: &str) -> Option<Sort> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let column = SortColumn::ALL.into_iter().find(|column| column.name() == name)?;
        Some(Sort { column, descending })
    }
}
