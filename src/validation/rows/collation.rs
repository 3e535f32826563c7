//! When two texts are the same under a collation, as far as that can be told without its tables: exactly for ASCII, and
//! "perhaps" for everything else.

/// How texts of a column compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Collation {
    /// Case of ASCII letters makes no difference.
    fold: bool,
    /// Spaces at the end make no difference.
    pad: bool,
    /// Anything but identical texts may still be the same.
    fuzzy: bool,
    /// Even ASCII letters follow rules of a language.
    tailored: bool,
}

/// Whether two texts are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Same {
    Yes,
    No,
    Perhaps,
}

impl Collation {
    /// Bytes compared as they are.
    pub(super) const BINARY: Self = Self { fold: false, pad: false, fuzzy: false, tailored: false };

    /// The rules of a collation by its name; an unknown one counts as the default of the engines, ignoring case.
    pub(super) fn named(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let has = |part: &str| name.split('_').any(|word| word == part);
        let pad = !(has("nopad") || has("0900") || name == "binary");
        if name == "binary" || has("bin") {
            return Self { pad, ..Self::BINARY };
        }
        let tailored = ["turkish", "tr", "az", "hungarian", "danish", "da"].iter().any(|part| has(part));
        Self { fold: !has("cs"), pad, fuzzy: true, tailored }
    }

    /// The text without what makes no difference. Equal ones are the same; two ASCII texts are the same only then.
    pub(super) fn key(self, text: &str, out: &mut String) {
        let text = if self.pad { text.trim_end_matches(' ') } else { text };
        match self.fold && !self.tailored {
            true => out.extend(text.chars().map(lower)),
            false => out.push_str(text),
        }
    }

    /// The text may be the same as another one although their keys differ.
    pub(super) fn is_undecided(self, text: &str) -> bool {
        self.fuzzy && (self.tailored || text.bytes().any(|byte| !(0x20..0x7F).contains(&byte)))
    }

    /// A text reduced so far that texts a collation may take for the same one are equal: letters without marks and case,
    /// no control characters, every astral character alike.
    pub(super) fn rough(self, text: &str, out: &mut String) {
        let text = if self.pad { text.trim_end_matches(' ') } else { text };
        for c in text.chars().flat_map(char::to_lowercase) {
            match c {
                c if c.is_control() || ('\u{300}'..'\u{370}').contains(&c) => {}
                c if c.is_ascii() => out.push(c),
                '\u{10000}'.. => out.push('\u{FFFD}'),
                c => match bare(c) {
                    Some(letters) => out.push_str(letters),
                    None => out.push(c),
                },
            }
        }
    }

    /// Whether two texts are the same.
    pub(super) fn same(self, a: &str, b: &str) -> Same {
        let (mut x, mut y) = (String::new(), String::new());
        self.key(a, &mut x);
        self.key(b, &mut y);
        if x == y {
            Same::Yes
        } else if self.is_undecided(a) || self.is_undecided(b) {
            Same::Perhaps
        } else {
            Same::No
        }
    }

    /// Their order, where it can be told.
    pub(super) fn compare(self, a: &str, b: &str) -> Option<std::cmp::Ordering> {
        if self.same(a, b) == Same::Yes {
            return Some(std::cmp::Ordering::Equal);
        }
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ');
        if self.fuzzy && !(plain(a) && plain(b) && !self.tailored) {
            return None;
        }
        let (mut x, mut y) = (String::new(), String::new());
        self.key(a, &mut x);
        self.key(b, &mut y);
        Some(x.cmp(&y))
    }
}

/// The small letter of a pair that every collation which ignores case takes for the same: Latin, Greek, Cyrillic.
fn lower(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut small = c.to_lowercase();
    match (small.next(), small.next()) {
        (Some(small), None) if u32::from(c) < 0x530 => small,
        _ => c,
    }
}

/// The plain letters of a small Latin letter with marks.
fn bare(c: char) -> Option<&'static str> {
    Some(match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        '\u{a0}' => " ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_by_the_collation() {
        use Same::{No, Perhaps, Yes};
        for (collation, a, b, same) in [
            ("utf8mb4_general_ci", "a", "A ", Yes),
            ("utf8mb4_general_ci", "a", "b", No),
            ("utf8mb4_general_ci", "e", "é", Perhaps),
            ("utf8mb4_general_ci", "é", "É", Yes),
            ("utf8mb4_general_ci", "ß", "SS", Perhaps),
            ("utf8mb4_bin", "a", "a ", Yes),
            ("utf8mb4_bin", "a", "A", No),
            ("utf8mb4_bin", "e", "é", No),
            ("utf8mb4_nopad_bin", "a", "a ", No),
            ("utf8mb4_0900_bin", "a", "a ", No),
            ("utf8mb4_0900_ai_ci", "a", "A", Yes),
            ("utf8mb4_0900_ai_ci", "a", "a ", No),
            ("utf8mb4_0900_as_cs", "a", "A", No),
            ("latin1_general_cs", "a", "A", No),
            ("utf8mb4_turkish_ci", "i", "I", Perhaps),
            ("binary", "a", "a ", No),
        ] {
            assert_eq!(Collation::named(collation).same(a, b), same, "{collation} {a:?} {b:?}");
        }
    }

    #[test]
    fn the_rough_form_brings_together_what_may_be_the_same() {
        let rough = |text| {
            let mut out = String::new();
            Collation::named("utf8mb4_general_ci").rough(text, &mut out);
            out
        };
        for (a, b) in [("é", "E"), ("Straße", "STRASSE"), ("😀", "𝒳"), ("e\u{301}", "e"), ("Ö ", "o")] {
            assert_eq!(rough(a), rough(b), "{a} {b}");
        }
    }

    #[test]
    fn order_is_told_for_letters_and_digits_alone() {
        use std::cmp::Ordering::{Equal, Less};
        let collation = Collation::named("utf8mb4_general_ci");
        for (a, b, order) in [("a", "B", Some(Less)), ("a", "A", Some(Equal)), ("a", "é", None), ("a_", "ab", None)] {
            assert_eq!(collation.compare(a, b), order, "{a} {b}");
        }
    }
}
