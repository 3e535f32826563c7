//! CREATE_OPTIONS of a table: words and `key=value` pairs, the keys and values sometimes quoted. Pure.

use std::collections::BTreeMap;

/// Reads the options. `partitioned` says nothing here: partitions are read elsewhere.
pub(in crate::discovery) fn parse(text: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for word in split(text) {
        let (key, value) = word.split_once('=').unwrap_or((&word, ""));
        let key = key.trim_matches('`').to_ascii_lowercase();
        if !key.is_empty() && key != "partitioned" {
            out.insert(key, value.trim_matches(['\'', '"']).to_owned());
        }
    }
    out
}

/// The options say that the table is partitioned.
pub(in crate::discovery) fn is_partitioned(text: &str) -> bool {
    split(text).iter().any(|word| word.eq_ignore_ascii_case("partitioned"))
}

/// Splits at white space outside quotes.
fn split(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(open) if open == c => quote = None,
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            _ => {}
        }
        if c.is_whitespace() && quote.is_none() {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out.retain(|word| !word.is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_in_every_spelling() {
        for (text, want) in [
            ("", vec![]),
            ("partitioned", vec![]),
            ("cached=on", vec![("cached", "on")]),
            ("checksum=1 row_format=DYNAMIC", vec![("checksum", "1"), ("row_format", "DYNAMIC")]),
            ("`PAGE_COMPRESSED`='1' partitioned", vec![("page_compressed", "1")]),
            ("stats_persistent=1  KEY_BLOCK_SIZE=8", vec![("key_block_size", "8"), ("stats_persistent", "1")]),
            ("`A B`='c d=e'", vec![("a b", "c d=e")]),
        ] {
            let want: BTreeMap<_, _> = want.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
            assert_eq!(parse(text), want, "{text}");
            assert_eq!(is_partitioned(text), text.ends_with("partitioned"), "{text}");
        }
    }
}
