//! Making text from a server fit to be shown: escaped and cut. Knows nothing of what the text means.

use crate::error::shorten;

/// `text` with control characters escaped, so that it stays on one line and cannot drive a terminal, cut to at most
/// `max` bytes.
pub(super) fn printable(text: &str, max: usize) -> String {
    // Nothing after the first `max` characters can be shown: do not escape megabytes.
    let head = text.char_indices().nth(max + 1).map_or(text, |(end, _)| &text[..end]);
    let escaped: String = head
        .chars()
        .flat_map(|c| {
            // Bidirectional controls are no control characters to `char`, but reorder what a person reads.
            let hidden = c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
            let (plain, code) = if hidden { (None, Some(c.escape_unicode())) } else { (Some(c), None) };
            plain.into_iter().chain(code.into_iter().flatten())
        })
        .collect();
    shorten(&escaped, max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_cut() {
        for (text, max, want) in [
            ("db_query", 20, "db_query"),
            ("a\nb\u{1b}[31m", 40, "a\\u{a}b\\u{1b}[31m"),
            ("\u{202e}x", 40, "\\u{202e}x"),
            ("aaaaaaaaaa", 5, "aa…"),
            ("é", 20, "é"),
        ] {
            assert_eq!(printable(text, max), want);
        }
    }
}
