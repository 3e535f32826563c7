//! A JSON string where it stands, and what its escapes mean.

use std::borrow::Cow;

/// A string between its quotes, escapes still in place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct Text<'a> {
    raw: &'a str,
    escaped: bool,
    ascii: bool,
}

impl<'a> Text<'a> {
    /// A text as scanned: whether it holds escapes, and nothing but ASCII.
    pub(super) const fn new(raw: &'a str, escaped: bool, ascii: bool) -> Self {
        Self { raw, escaped, ascii }
    }

    /// A text that is no JSON: a default, say.
    pub(in super::super) fn plain(raw: &'a str) -> Self {
        Self { raw, escaped: false, ascii: raw.is_ascii() }
    }

    /// The text without escapes; borrowed where there are none.
    pub(in super::super) fn value(self) -> Cow<'a, str> {
        if self.escaped { Cow::Owned(unescape(self.raw)) } else { Cow::Borrowed(self.raw) }
    }

    /// The other one means the same characters.
    pub(in super::super) fn is_same(self, other: Self) -> bool {
        match self.escaped || other.escaped {
            true => self.value() == other.value(),
            false => self.raw == other.raw,
        }
    }

    /// The text where it holds no escape.
    pub(in super::super) const fn unescaped(self) -> Option<&'a str> {
        if self.escaped { None } else { Some(self.raw) }
    }

    /// Its length with escapes in place: it has no more bytes, and no more characters, than that.
    pub(in super::super) const fn longest(self) -> usize {
        self.raw.len()
    }

    /// Every character is ASCII and none is escaped.
    pub(in super::super) const fn is_plain_ascii(self) -> bool {
        self.ascii && !self.escaped
    }
}

fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        match chars.next() {
            Some('u') => {
                let (c, length) = unicode(after.get(1..).unwrap_or_default()).unwrap_or(('\u{FFFD}', 0));
                out.push(c);
                rest = after.get(1 + length..).unwrap_or_default();
                continue;
            }
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(c) => out.push(c),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

/// The character of `XXXX` or of a surrogate pair `XXXX\uXXXX`, and how many bytes it took.
pub(super) fn unicode(after_u: &str) -> Option<(char, usize)> {
    let unit = |from: usize| {
        let digits = after_u.get(from..from + 4)?;
        let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    let first = unit(0)?;
    if !(0xD800..0xDC00).contains(&first) {
        return char::from_u32(first).map(|c| (c, 4));
    }
    let second = (after_u.get(4..6)? == "\\u").then(|| unit(6)).flatten()?;
    let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    char::from_u32(0x10000 + ((first - 0xD800) << 10) + low).map(|c| (c, 10))
}
