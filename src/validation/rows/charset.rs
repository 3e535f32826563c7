//! Which characters a character set has, and how many bytes they take.

/// A column's character set, as far as it is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    /// utf8mb4, gb18030: everything.
    Utf8mb4,
    /// Up to three bytes: no astral characters.
    Utf8mb3,
    /// MySQL's latin1, which is cp1252.
    Latin1,
    Ascii,
    /// Two bytes each, no astral characters.
    Ucs2,
    Utf16,
    Utf32,
    /// ASCII is known to be there, the rest is not known.
    Other,
}

impl Charset {
    pub(super) fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "utf8mb4" => Self::Utf8mb4,
            "utf8mb3" | "utf8" => Self::Utf8mb3,
            "latin1" => Self::Latin1,
            "ascii" => Self::Ascii,
            "ucs2" => Self::Ucs2,
            "utf16" | "utf16le" => Self::Utf16,
            "utf32" => Self::Utf32,
            _ => Self::Other,
        }
    }

    /// The character is there; `None` when that is not known.
    pub(super) fn has(self, c: char) -> Option<bool> {
        match self {
            Self::Utf8mb4 | Self::Utf16 | Self::Utf32 => Some(true),
            Self::Utf8mb3 | Self::Ucs2 => Some(u32::from(c) < 0x10000),
            Self::Latin1 => Some(is_cp1252(c)),
            Self::Ascii => Some(c.is_ascii()),
            Self::Other => c.is_ascii().then_some(true),
        }
    }

    /// Bytes the text takes; at most, where the set is not known.
    pub(super) fn bytes(self, text: &str) -> usize {
        match self {
            Self::Utf8mb4 | Self::Utf8mb3 | Self::Other => text.len(),
            Self::Latin1 | Self::Ascii => text.chars().count(),
            Self::Ucs2 | Self::Utf16 => text.encode_utf16().count() * 2,
            Self::Utf32 => text.chars().count() * 4,
        }
    }

    /// ASCII takes one byte a character.
    pub(super) const fn is_one_byte_ascii(self) -> bool {
        !matches!(self, Self::Ucs2 | Self::Utf16 | Self::Utf32)
    }
}

fn is_cp1252(c: char) -> bool {
    matches!(c, '\0'..='\u{7F}' | '\u{A0}'..='\u{FF}' | '\u{81}' | '\u{8D}' | '\u{8F}' | '\u{90}' | '\u{9D}')
        || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_its_characters_and_no_others() {
        for (name, c, has) in [
            ("utf8mb4", '😀', Some(true)),
            ("utf8mb3", '😀', Some(false)),
            ("utf8", '語', Some(true)),
            ("latin1", 'é', Some(true)),
            ("latin1", '€', Some(true)),
            ("latin1", 'ā', Some(false)),
            ("latin1", '\u{80}', Some(false)),
            ("ascii", 'é', Some(false)),
            ("ucs2", '😀', Some(false)),
            ("gbk", 'a', Some(true)),
            ("gbk", '語', None),
        ] {
            assert_eq!(Charset::named(name).has(c), has, "{name} {c}");
        }
        for (name, bytes) in [("utf8mb4", 3), ("latin1", 2), ("utf16", 4), ("utf32", 8)] {
            assert_eq!(Charset::named(name).bytes("aé"), bytes, "{name}");
        }
    }
}
