//! What is read, on which line, and what is refused.

use super::*;

fn read(text: impl AsRef<[u8]>) -> Result<Vec<(u64, Vec<String>)>, String> {
    let mut reader = Reader::new(text.as_ref());
    let (mut record, mut all) = (Record::default(), Vec::new());
    loop {
        match reader.read(&mut record) {
            Ok(true) => all.push((record.line, record.cells().map(str::to_owned).collect())),
            Ok(false) => return Ok(all),
            Err(ReadError::Refused(refusal)) => {
                return Err(format!("{} {}", refusal.line, refusal.reason.key));
            }
            Err(ReadError::File(error)) => panic!("{error}"),
        }
    }
}

fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
    read(text).unwrap()
}

fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
    (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let crlf = "a,b\r\n\"1\r\n2\r\n\",x\r\n\r\n3,4\r\n";
    assert_eq!(rows(crlf), [row(1, &["a", "b"]), row(2, &["1\r\n2\r\n", "x"]), row(6, &["3", "4"])]);
    let lf = "\u{feff}a,b\n\"1\n2\",\n\n3,4";
    assert_eq!(rows(lf), [row(1, &["a", "b"]), row(2, &["1\n2", ""]), row(5, &["3", "4"])]);
}

#[test]
fn quotes_are_taken_off_and_doubled_ones_halved() {
    assert_eq!(rows("\"\",\"\"\"\",\"a\"\"b\",\"\u{feff}\"\r\n"), [row(1, &["", "\"", "a\"b", "\u{feff}"])]);
    assert_eq!(rows(",\n"), [row(1, &["", ""])]);
    assert_eq!(rows(" a , b\t\n"), [row(1, &[" a ", " b\t"])]);
    assert_eq!(rows("\"a\"\r\n\"b\""), [row(1, &["a"]), row(2, &["b"])]);
    assert_eq!(rows(""), []);
    assert_eq!(rows("\u{feff}"), [row(1, &[""])]);
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_line() {
    let refused = |text: &[u8]| read(text).unwrap_err();
    assert_eq!(refused(b"a\r\n1\r\n\"2\r\n3\r\n"), "3 csv-open-quote");
    assert_eq!(refused(b"a,b\nx,y\"z\n"), "2 csv-bare-quote");
    assert_eq!(refused(b"a\n\"x\ny\"z\n"), "3 csv-after-quote");
    assert_eq!(refused(b"a\nx\ry\n"), "2 csv-carriage-return");
    assert_eq!(refused(b"a\n\"ok\n\xff\"\n"), "3 csv-not-utf8");
    assert_eq!(refused(b"a,b\n\xc3,\xa9\n"), "2 csv-not-utf8");
}
