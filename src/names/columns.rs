//! The columns of a row with the names of what its ids name: in the order of files and of the API's answers.

use super::Names;
use crate::base::columns::{Cell, Column, Place};

/// Who is shown the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// A CSV file.
    File,
    /// The API.
    Program,
}

/// A column of ids whose names are known, and what the column of the names is called.
struct Named {
    id: &'static str,
    in_file: &'static str,
    for_program: &'static str,
    name: for<'a> fn(&'a Names, Option<&str>) -> Option<&'a str>,
}

const NAMED: [Named; 3] = [
    Named { id: "llmid", in_file: "llm_name", for_program: "llmid_text", name: Names::model },
    Named { id: "userid", in_file: "user_name", for_program: "userid_text", name: Names::user },
    Named { id: "userorgid", in_file: "org_name", for_program: "userorgid_text", name: Names::organisation },
];

impl Face {
    /// Whether columns of that place are shown.
    pub const fn shows(self, place: Place) -> bool {
        match place {
            Place::Platform | Place::Added | Place::Derived => true,
            Place::Programs => matches!(self, Face::Program),
            Place::Trail => false,
        }
    }

    const fn name_of(self, named: &Named) -> &'static str {
        match self {
            Face::File => named.in_file,
            Face::Program => named.for_program,
        }
    }

    /// The names of the three columns of names, in their order.
    pub const fn names(self) -> [&'static str; 3] {
        [self.name_of(&NAMED[0]), self.name_of(&NAMED[1]), self.name_of(&NAMED[2])]
    }

    /// How many columns are shown of a table.
    pub const fn count<T>(self, columns: &[Column<T>]) -> usize {
        let (mut count, mut at) = (NAMED.len(), 0);
        while at < columns.len() {
            count += self.shows(columns[at].place) as usize;
            at += 1;
        }
        count
    }

    /// What is shown of a table: the platform's columns, the names, what this app adds, and what stands behind; `N` is
    /// [`Face::count`] and the number of the last ones.
    pub const fn header<T, const N: usize>(
        self,
        columns: &[Column<T>],
        behind: &[&'static str],
    ) -> [&'static str; N] {
        let names = self.names();
        let (mut header, mut filled, mut turn) = ([""; N], 0, 0);
        while turn < 3 {
            let mut at = 0;
            while at < if turn == 1 { names.len() } else { columns.len() } {
                if turn == 1 {
                    header[filled] = names[at];
                    filled += 1;
                } else if matches!(columns[at].place, Place::Platform) == (turn == 0)
                    && self.shows(columns[at].place)
                {
                    header[filled] = columns[at].name;
                    filled += 1;
                }
                at += 1;
            }
            turn += 1;
        }
        let mut at = 0;
        while at < behind.len() {
            header[filled] = behind[at];
            filled += 1;
            at += 1;
        }
        header
    }

    /// The cells of a row in the order of the header, secrets masked where asked for.
    pub fn cells<'a, T>(
        self,
        columns: &'static [Column<T>],
        row: &'a T,
        names: &'a Names,
        masked: bool,
    ) -> impl Iterator<Item = (&'static str, Cell<'a>)> {
        let of = move |column: &'static Column<T>| {
            (column.name, if masked { column.shown(row) } else { (column.get)(row) })
        };
        let is_platform = |column: &&Column<T>| column.place == Place::Platform;
        let shown = move || columns.iter().filter(move |column| self.shows(column.place));
        let named = NAMED.iter().map(move |named| {
            let id = columns.iter().find(|column| column.name == named.id).map(|column| (column.get)(row));
            let Some(Cell::Text(Some(id))) = id else { return (self.name_of(named), Cell::Text(None)) };
            (self.name_of(named), Cell::Text((named.name)(names, Some(&id)).map(Into::into)))
        });
        let added = shown().filter(move |column| !is_platform(column));
        shown().filter(is_platform).map(of).chain(named).chain(added.map(of))
    }
}
