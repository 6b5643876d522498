//! A note as the page shows it: text, with addresses to go to.

use serde::Serialize;

/// A piece of a note: text, or an address to go to.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Piece {
    text: String,
    is_link: bool,
}

/// A note in pieces: addresses that begin with http:// or https:// become links, all else stays text.
pub(super) fn pieces(note: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = note;
    while let Some(begin) = ["http://", "https://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (text, address) = rest.split_at(begin);
        let end = address.find(|next: char| next.is_whitespace() || "<>\"'，。；）".contains(next));
        let (address, after) = address.split_at(end.unwrap_or(address.len()));
        let plain = address.trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
        pieces.push(Piece { text: text.to_owned(), is_link: false });
        let is_whole = plain.split_once("://").is_some_and(|(_, host)| !host.is_empty());
        pieces.push(Piece { text: plain.to_owned(), is_link: is_whole });
        pieces
            .push(Piece { text: address.get(plain.len()..).unwrap_or_default().to_owned(), is_link: false });
        rest = after;
    }
    pieces.push(Piece { text: rest.to_owned(), is_link: false });
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_a_note_become_links_and_nothing_else_does() {
        let links = |note: &str| -> Vec<String> {
            pieces(note).into_iter().filter(|piece| piece.is_link).map(|piece| piece.text).collect()
        };
        assert_eq!(
            links("see https://wiki.local/a?b=1, then http://x/y."),
            ["https://wiki.local/a?b=1", "http://x/y"]
        );
        assert!(links("javascript:alert(1) https:// <b>").is_empty());
        let whole: String = pieces("a\nhttps://x/ b").into_iter().map(|piece| piece.text).collect();
        assert_eq!(whole, "a\nhttps://x/ b");
    }
}
