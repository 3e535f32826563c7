//! Splits SQL scripts into statements. Pure; knows quotes, backticks and comments, not `DELIMITER`.

/// The statements of a script, without their semicolons. A semicolon inside quotes, backticks or a comment ends nothing;
/// comments stay where they are, and a piece that holds nothing but comments and blanks is left out.
#[must_use]
pub fn split_statements(script: &str) -> Vec<&str> {
    let bytes = script.as_bytes();
    let (mut statements, mut start, mut at, mut empty) = (Vec::new(), 0, 0, true);
    while at < bytes.len() {
        let next = match bytes[at] {
            quote @ (b'\'' | b'"' | b'`') => {
                empty = false;
                after_quote(bytes, at + 1, quote)
            }
            b'#' => after(bytes, at, b"\n"),
            b'-' if is_dash_comment(bytes, at) => after(bytes, at, b"\n"),
            b'/' if bytes[at..].starts_with(b"/*") => {
                // `/*!` and MariaDB's `/*M!` hold code.
                empty &= !(bytes[at..].starts_with(b"/*!") || bytes[at..].starts_with(b"/*M!"));
                after(bytes, at + 2, b"*/")
            }
            b';' => {
                if !empty {
                    statements.push(script[start..at].trim());
                }
                (start, empty) = (at + 1, true);
                at + 1
            }
            byte => {
                empty &= byte.is_ascii_whitespace();
                at + 1
            }
        };
        at = next;
    }
    if !empty {
        statements.push(script[start..].trim());
    }
    statements
}

/// `--` starts a comment only before a blank or the end.
fn is_dash_comment(bytes: &[u8], at: usize) -> bool {
    bytes[at..].starts_with(b"--") && bytes.get(at + 2).is_none_or(u8::is_ascii_whitespace)
}

/// The position after the next `end`, or the end of the script.
fn after(bytes: &[u8], from: usize, end: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.windows(end.len()).position(|window| window == end).map_or(bytes.len(), |found| from + found + end.len())
}

/// The position after the closing quote. A doubled quote reads as two quoted texts side by side, which ends alike.
fn after_quote(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote != b'`' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_split_only_between_statements() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            (" ;; \n;", &[]),
            ("SELECT 1", &["SELECT 1"]),
            ("SELECT 1; SELECT 2 ;", &["SELECT 1", "SELECT 2"]),
            ("SELECT ';''\\';' ; x", &["SELECT ';''\\';'", "x"]),
            ("SELECT \"a;\"\"b\";x", &["SELECT \"a;\"\"b\"", "x"]),
            ("SELECT `a;\\`;x", &["SELECT `a;\\`", "x"]),
            ("-- a;b\nSELECT 1;", &["-- a;b\nSELECT 1"]),
            ("# a;b\nx; -- end;", &["# a;b\nx"]),
            ("SELECT 1--2;x", &["SELECT 1--2", "x"]),
            ("/* a; */ ; x", &["x"]),
            ("/*! SET a=1; */; x", &["/*! SET a=1; */", "x"]),
            ("SELECT 'é;ü'; x", &["SELECT 'é;ü'", "x"]),
            ("SELECT 'open; x", &["SELECT 'open; x"]),
            ("SELECT '\\", &["SELECT '\\"]),
        ];
        for (script, wanted) in cases {
            assert_eq!(split_statements(script), *wanted, "{script:?}");
        }
    }
}
