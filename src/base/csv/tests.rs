//! Cells of each kind, as they are written.

use super::*;
use crate::base::clock::TIME_FORMAT;

fn written(bom: bool, header: &[&str], rows: impl FnOnce(&mut Writer<'_>) -> Result<()>) -> String {
    let mut bytes = Vec::new();
    let mut sink = |chunk: Vec<u8>| {
        bytes.extend(chunk);
        Ok(())
    };
    let mut writer = Writer::new(&mut sink, bom, header).unwrap();
    rows(&mut writer).unwrap();
    writer.finish().unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_formula_gets_an_apostrophe_and_loses_it_again() {
    for text in ["=1+1", "+1", "-1", "@a", "\tx", "\r\n", "'=1", "''@", "=", "'-"] {
        assert_eq!(guard(text), format!("'{text}"));
        assert_eq!(unguard(&guard(text)), text);
    }
    for text in ["", "'", "''", "it's", "'quoted'", " =1", "1-1", "余额", "\n=1"] {
        assert_eq!(guard(text), text);
        assert_eq!(unguard(text), text);
    }
}

#[test]
fn cells_are_quoted_only_where_they_must_and_rows_end_in_crlf() {
    let text = written(true, &["a", "b"], |writer| {
        writer.text(Some("say \"hi\", you"))?;
        writer.text(Some("two\r\nlines"))?;
        writer.end_row()?;
        writer.text(None)?;
        writer.money(Some(Money::from_units(-1)))?;
        writer.end_row()
    });
    assert_eq!(text, "\u{feff}a,b\r\n\"say \"\"hi\"\", you\",\"two\r\nlines\"\r\n,-0.00001\r\n");
}

#[test]
fn times_are_written_as_the_contract_says() {
    let day = NaiveDate::from_ymd_opt(2026, 5, 31).unwrap();
    for (second, nano) in [(0, 0), (59, 999_999_999), (59, 1_999_999_999), (7, 40_000_000)] {
        let time = day.and_hms_nano_opt(23, 59, second, nano).unwrap();
        assert_eq!(Time(time).to_string(), time.format(TIME_FORMAT).to_string());
    }
    for year in [1, 999, 1971, 9_999, 10_000, -1] {
        let date = NaiveDate::from_ymd_opt(year, 1, 9).unwrap();
        assert_eq!(Date(date).to_string(), date.to_string());
    }
}

#[test]
fn a_sink_that_fails_is_not_asked_again_and_its_reason_is_told() {
    let mut asked = 0;
    let mut sink = |_| {
        asked += 1;
        Err(Error::Unavailable("the reader went away".to_owned()))
    };
    let mut writer = Writer::new(&mut sink, false, &["a"]).unwrap();
    writer.text(Some("x")).unwrap();
    writer.end_row().unwrap();
    let error = writer.finish().unwrap_err();
    assert!(error.to_string().contains("the reader went away"), "{error}");
    assert_eq!(asked, 1);
}
