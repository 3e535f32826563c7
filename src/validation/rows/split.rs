//! Cuts a stream of bytes into rows: lines (NDJSON) or the elements of one JSON array, told apart by the first byte. Holds
//! at most one row; looks at quotes and brackets alone and leaves it to the scanner to judge the row.

/// What the splitter found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A row's bytes.
    Row(&'a [u8]),
    /// A row larger than the bound, left out.
    TooLarge,
}

/// Where in the stream we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the first byte that is no blank.
    Start,
    /// Among lines.
    Lines,
    /// In an array, before an element; `first` when a `]` may come.
    Before { first: bool },
    /// In an element.
    Element { depth: usize, quoted: bool, escaped: bool },
    /// Behind the array.
    After,
}

/// Cuts a stream into rows.
#[derive(Clone, Debug)]
pub struct Splitter {
    state: State,
    row: Vec<u8>,
    limit: usize,
    /// The row at hand is larger than the limit.
    over: bool,
    /// Bytes after the end of the array.
    garbage: bool,
}

impl Splitter {
    /// With rows of at most `limit` bytes.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { state: State::Start, row: Vec::new(), limit, over: false, garbage: false }
    }

    /// Takes the next bytes and hands on every row that ends in them.
    pub fn push(&mut self, bytes: &[u8], mut each: impl FnMut(Piece<'_>)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = match self.state {
                State::Start => self.start(rest),
                State::Lines => self.lines(rest, &mut each),
                State::Before { .. } | State::Element { .. } => self.array(rest, &mut each),
                State::After => {
                    self.garbage |= rest.iter().any(|byte| !byte.is_ascii_whitespace());
                    &[]
                }
            };
        }
    }

    /// Ends the stream: hands on a last row without an end.
    ///
    /// # Errors
    /// When the array is not closed, or something stands behind it.
    pub fn finish(mut self, mut each: impl FnMut(Piece<'_>)) -> Result<(), &'static str> {
        match self.state {
            State::Start => {}
            State::Lines => self.emit(&[], &mut each),
            State::After if self.garbage => return Err("something stands behind the end of the array of rows"),
            State::After => {}
            State::Before { .. } => return Err("the array of rows is not closed"),
            State::Element { .. } => {
                self.emit(&[], &mut each);
                return Err("the array of rows is not closed");
            }
        }
        Ok(())
    }

    fn start<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        // A byte order mark is no part of a row.
        let blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0xEF | 0xBB | 0xBF);
        let Some(at) = bytes.iter().position(|byte| !blank(byte)) else { return &[] };
        let array = bytes.get(at) == Some(&b'[');
        self.state = if array { State::Before { first: true } } else { State::Lines };
        bytes.get(at + usize::from(array)..).unwrap_or_default()
    }

    fn lines<'b>(&mut self, bytes: &'b [u8], each: &mut impl FnMut(Piece<'_>)) -> &'b [u8] {
        match memchr::memchr(b'\n', bytes) {
            Some(end) => {
                self.emit(bytes.get(..end).unwrap_or_default(), each);
                bytes.get(end + 1..).unwrap_or_default()
            }
            None => {
                self.keep(bytes);
                &[]
            }
        }
    }

    /// Ends a row with these bytes. Blank lines are none.
    fn emit(&mut self, tail: &[u8], each: &mut impl FnMut(Piece<'_>)) {
        let over = self.over || self.row.len() + tail.len() > self.limit;
        if over {
            each(Piece::TooLarge);
        } else {
            let whole = if self.row.is_empty() {
                tail
            } else {
                self.row.extend_from_slice(tail);
                &self.row
            };
            if !whole.trim_ascii().is_empty() {
                each(Piece::Row(whole));
            }
        }
        self.row.clear();
        self.over = false;
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.over || self.row.len() + bytes.len() > self.limit {
            self.over = true;
            self.row.clear();
        } else {
            self.row.extend_from_slice(bytes);
        }
    }

    fn array<'b>(&mut self, bytes: &'b [u8], each: &mut impl FnMut(Piece<'_>)) -> &'b [u8] {
        if let State::Before { first } = self.state {
            let Some(at) = bytes.iter().position(|byte| !byte.is_ascii_whitespace()) else { return &[] };
            let rest = bytes.get(at..).unwrap_or_default();
            if first && rest.first() == Some(&b']') {
                self.state = State::After;
                return rest.get(1..).unwrap_or_default();
            }
            self.state = State::Element { depth: 0, quoted: false, escaped: false };
            return rest;
        }
        let State::Element { mut depth, mut quoted, mut escaped } = self.state else { return &[] };
        for (at, byte) in bytes.iter().enumerate() {
            if quoted {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => quoted = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => quoted = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth > 0 => depth -= 1,
                b',' | b']' if depth == 0 => {
                    self.element(bytes.get(..at).unwrap_or_default(), each);
                    self.state = if *byte == b',' { State::Before { first: false } } else { State::After };
                    return bytes.get(at + 1..).unwrap_or_default();
                }
                _ => {}
            }
        }
        self.state = State::Element { depth, quoted, escaped };
        self.keep(bytes);
        &[]
    }

    /// Ends an element; an empty one is a row that is no JSON.
    fn element(&mut self, tail: &[u8], each: &mut impl FnMut(Piece<'_>)) {
        let blank = self.row.is_empty() && !self.over && tail.trim_ascii().is_empty();
        if blank { each(Piece::Row(b"")) } else { self.emit(tail, each) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(text: &[u8], chunk: usize, limit: usize) -> (Vec<Option<Vec<u8>>>, bool) {
        let mut rows = Vec::new();
        let mut take = |piece: Piece<'_>| {
            rows.push(match piece {
                Piece::Row(bytes) => Some(bytes.trim_ascii().to_vec()),
                Piece::TooLarge => None,
            });
        };
        let mut splitter = Splitter::new(limit);
        for bytes in text.chunks(chunk) {
            splitter.push(bytes, &mut take);
        }
        let good = splitter.finish(&mut take).is_ok();
        (rows, good)
    }

    #[test]
    fn lines_and_arrays_give_the_same_rows_in_pieces_of_any_size() {
        let cases: &[(&str, &[&str], bool)] = &[
            ("", &[], true),
            ("  \n", &[], true),
            ("{\"a\":1}", &["{\"a\":1}"], true),
            ("{\"a\":1}\n\n{\"b\":2}\r\n", &["{\"a\":1}", "{\"b\":2}"], true),
            ("\u{FEFF}{\"a\":1}\nx", &["{\"a\":1}", "x"], true),
            ("[]", &[], true),
            ("[{\"a\":1}, {\"b\":[1,2]}]\n", &["{\"a\":1}", "{\"b\":[1,2]}"], true),
            ("[{\"a\":\"],}{\\\"\"},2]", &["{\"a\":\"],}{\\\"\"}", "2"], true),
            ("[1,]", &["1", ""], true),
            ("[1,,2]", &["1", "", "2"], true),
            ("[1", &["1"], false),
            ("[1,", &["1"], false),
            ("[1] x", &["1"], false),
            ("[", &[], false),
        ];
        for (text, rows, good) in cases {
            let rows: Vec<_> = rows.iter().map(|row| Some(row.as_bytes().to_vec())).collect();
            for chunk in [1, 2, 3, 7, 1000] {
                assert_eq!(split(text.as_bytes(), chunk, 100), (rows.clone(), *good), "{text:?} by {chunk}");
            }
        }
    }

    #[test]
    fn a_row_over_the_limit_is_left_out_and_the_next_one_is_read() {
        for text in ["{\"a\":\"xxxxxxxxxxxxxxxxxxxx\"}\n{}\n", "[{\"a\":\"xxxxxxxxxxxxxxxxxxxx\"},{}]"] {
            for chunk in [1, 5, 1000] {
                assert_eq!(
                    split(text.as_bytes(), chunk, 10),
                    (vec![None, Some(b"{}".to_vec())], true),
                    "{text} {chunk}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_cut_without_a_panic_and_alike_in_any_pieces(
            text in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'"'), Just(b'['), Just(b','), Just(b'\n')], 0..60),
            chunk in 1_usize..10,
        ) {
            prop_assert_eq!(split(&text, chunk, 20), split(&text, 1000, 20));
        }
    }
}
