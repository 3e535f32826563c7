//! Reads JSON in place: a value is a slice of the row's text, so that a clean cell costs no allocation and a number keeps
//! every digit. The whole grammar of RFC 8259 is enforced; nesting is bounded.

mod children;
mod text;
mod word;

pub(super) use self::children::children;
pub(super) use self::text::Text;
use self::text::unicode;
use self::word::{HIGH, special};

/// Deepest nesting that is read; more is refused, not followed.
pub(super) const MAX_DEPTH: usize = 256;

/// One JSON value as it stands in the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Null,
    Bool(bool),
    /// A number's text; `int` is its value when it is a plain integer of at most 18 digits.
    Number {
        text: &'a str,
        int: Option<i64>,
    },
    String(Text<'a>),
    /// The text from `[` to `]`.
    Array(&'a str),
    /// The text from `{` to `}`.
    Object(&'a str),
}

/// Why a text is no JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not JSON at this byte.
    Syntax(usize),
    /// Nested deeper than [`MAX_DEPTH`].
    Depth,
}

/// Reads values from a text, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The value that is the whole text.
    pub(super) fn whole(text: &'a str) -> Result<Cell<'a>, Fault> {
        let mut scanner = Self::new(text);
        let cell = scanner.value(0)?;
        scanner.end()?;
        Ok(cell)
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    const fn fault<T>(&self) -> Result<T, Fault> {
        Err(Fault::Syntax(self.at))
    }

    #[inline]
    fn slice(&self, from: usize) -> Result<&'a str, Fault> {
        self.text.get(from..self.at).ok_or(Fault::Syntax(from))
    }

    #[inline]
    pub(super) fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    /// Steps over `byte` and the blanks before it; false when something else stands there.
    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        self.blanks();
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    #[inline]
    pub(super) fn need(&mut self, byte: u8) -> Result<(), Fault> {
        if self.take(byte) { Ok(()) } else { self.fault() }
    }

    /// Nothing but blanks is left.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        self.blanks();
        if self.at == self.text.len() { Ok(()) } else { self.fault() }
    }

    /// Steps over exactly these bytes; false when something else stands there.
    #[inline]
    pub(super) fn skip(&mut self, text: &str) -> bool {
        self.blanks();
        let there = self.text.as_bytes().get(self.at..self.at + text.len()) == Some(text.as_bytes());
        self.at += if there { text.len() } else { 0 };
        there
    }

    /// An object's key and its colon.
    #[inline]
    pub(super) fn key(&mut self) -> Result<Text<'a>, Fault> {
        self.need(b'"')?;
        let key = self.string()?;
        self.need(b':')?;
        Ok(key)
    }

    /// The next value, `depth` levels down.
    #[inline]
    pub(super) fn value(&mut self, depth: usize) -> Result<Cell<'a>, Fault> {
        self.blanks();
        let start = self.at;
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                Ok(Cell::String(self.string()?))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'n') => self.word("null", Cell::Null),
            Some(b't') => self.word("true", Cell::Bool(true)),
            Some(b'f') => self.word("false", Cell::Bool(false)),
            Some(b'[') => {
                self.array(depth)?;
                Ok(Cell::Array(self.slice(start)?))
            }
            Some(b'{') => {
                self.object(depth)?;
                Ok(Cell::Object(self.slice(start)?))
            }
            _ => self.fault(),
        }
    }

    fn word(&mut self, word: &str, cell: Cell<'a>) -> Result<Cell<'a>, Fault> {
        let bytes = self.text.as_bytes().get(self.at..self.at + word.len());
        if bytes != Some(word.as_bytes()) {
            return self.fault();
        }
        self.at += word.len();
        Ok(cell)
    }

    fn array(&mut self, depth: usize) -> Result<(), Fault> {
        if depth >= MAX_DEPTH {
            return Err(Fault::Depth);
        }
        self.at += 1;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            if self.take(b']') {
                return Ok(());
            }
            self.need(b',')?;
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), Fault> {
        if depth >= MAX_DEPTH {
            return Err(Fault::Depth);
        }
        self.at += 1;
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.key()?;
            self.value(depth + 1)?;
            if self.take(b'}') {
                return Ok(());
            }
            self.need(b',')?;
        }
    }

    #[inline]
    fn number(&mut self) -> Result<Cell<'a>, Fault> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let first = self.at;
        let mut value: i64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
            self.at += 1;
        }
        let digits = self.at - first;
        if digits == 0 || (digits > 1 && self.text.as_bytes().get(first) == Some(&b'0')) {
            return Err(Fault::Syntax(first));
        }
        let plain = !matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        if !plain {
            self.tail()?;
        }
        let int = (plain && digits <= 18).then(|| if negative { -value } else { value });
        Ok(Cell::Number { text: self.slice(start)?, int })
    }

    /// Fraction and exponent of a number.
    fn tail(&mut self) -> Result<(), Fault> {
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { self.fault() } else { Ok(()) }
    }

    /// A string whose opening quote has been read.
    #[inline]
    fn string(&mut self) -> Result<Text<'a>, Fault> {
        let start = self.at;
        let (mut escaped, mut seen) = (false, 0_u64);
        loop {
            while let Some(chunk) = self.text.as_bytes().get(self.at..self.at + 8) {
                let word = chunk.try_into().map_or(0, u64::from_le_bytes);
                let special = special(word);
                if special != 0 {
                    // The first one is exact, and what stands before it plain.
                    let plain = special.trailing_zeros() / 8;
                    seen |= word & !(u64::MAX << (plain * 8));
                    self.at += plain as usize;
                    break;
                }
                seen |= word;
                self.at += 8;
            }
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(byte) if byte >= 0x20 => {
                    seen |= u64::from(byte);
                    self.at += 1;
                }
                _ => return self.fault(),
            }
        }
        let raw = self.slice(start)?;
        self.at += 1;
        Ok(Text::new(raw, escaped, seen & HIGH == 0))
    }

    fn escape(&mut self) -> Result<(), Fault> {
        match self.text.as_bytes().get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => match self.text.get(self.at + 2..).and_then(unicode) {
                Some((_, length)) => self.at += 2 + length,
                None => return self.fault(),
            },
            _ => return self.fault(),
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
