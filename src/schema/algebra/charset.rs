//! Character sets: which characters they have, and how many bytes one takes. Pure.

/// Which characters a set has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repertoire {
    Ascii,
    /// An older set, with some characters of the basic plane.
    Legacy,
    /// The basic plane of Unicode.
    Basic,
    /// All of Unicode.
    Full,
}

/// A character set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Charset<'a> {
    name: &'a str,
    repertoire: Repertoire,
    /// Fewest bytes of a character.
    pub(super) least: u64,
    /// Most bytes of a character.
    pub(super) most: u64,
}

impl<'a> Charset<'a> {
    pub(super) fn named(name: &'a str) -> Self {
        let (repertoire, least, most) = match name {
            "ascii" => (Repertoire::Ascii, 1, 1),
            "utf8mb4" => (Repertoire::Full, 1, 4),
            "utf8mb3" | "utf8" => (Repertoire::Basic, 1, 3),
            "ucs2" => (Repertoire::Basic, 2, 2),
            "utf16" | "utf16le" => (Repertoire::Full, 2, 4),
            "utf32" => (Repertoire::Full, 4, 4),
            "gb18030" => (Repertoire::Full, 1, 4),
            "eucjpms" | "ujis" => (Repertoire::Legacy, 1, 3),
            "big5" | "cp932" | "euckr" | "gb2312" | "gbk" | "sjis" => (Repertoire::Legacy, 1, 2),
            _ => (Repertoire::Legacy, 1, 1),
        };
        Self { name: if name == "utf8" { "utf8mb3" } else { name }, repertoire, least, most }
    }

    /// Every character of this set is one of the other.
    pub(super) fn within(self, other: Self) -> bool {
        use Repertoire::{Ascii, Basic, Full, Legacy};
        self.name == other.name
            || match (self.repertoire, other.repertoire) {
                (Ascii, _) | (_, Full) | (Legacy | Basic, Basic) => true,
                (Legacy | Basic | Full, Ascii | Legacy) | (Full, Basic) => false,
            }
    }

    /// Text of this set has the same bytes in the other.
    pub(super) fn same_bytes(self, other: Self) -> bool {
        self.name == other.name
            || (self.name == "utf8mb3" && other.name == "utf8mb4")
            || (self.repertoire == Repertoire::Ascii && other.least == 1)
    }

    /// Most bytes a character of this set takes in the other.
    pub(super) fn width_in(self, other: Self) -> u64 {
        match self.repertoire {
            _ if self.same_bytes(other) => self.most,
            Repertoire::Ascii => other.least,
            // A character of the basic plane takes three bytes at most in the 8-bit forms of Unicode, two in UTF-16.
            Repertoire::Legacy | Repertoire::Basic if matches!(other.name, "utf8mb3" | "utf8mb4") => 3,
            Repertoire::Legacy | Repertoire::Basic if matches!(other.name, "utf16" | "utf16le") => 2,
            Repertoire::Legacy | Repertoire::Basic | Repertoire::Full => other.most,
        }
    }
}
