//! The EXTRA text of a column. The engines agree on the words, not on their order, case or commas. Pure.

/// What EXTRA says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::discovery) struct Extra {
    /// AUTO_INCREMENT.
    pub(in crate::discovery) auto_increment: bool,
    /// STORED (or PERSISTENT) GENERATED.
    pub(in crate::discovery) stored: bool,
    /// VIRTUAL GENERATED.
    pub(in crate::discovery) virtual_generated: bool,
    /// INVISIBLE.
    pub(in crate::discovery) invisible: bool,
    /// DEFAULT_GENERATED: the default is an expression. TiDB also says so of any column with ON UPDATE.
    pub(in crate::discovery) default_generated: bool,
    /// ON UPDATE CURRENT_TIMESTAMP, with its fractional digits.
    pub(in crate::discovery) on_update: Option<u32>,
}

impl Extra {
    /// Reads the text.
    pub(in crate::discovery) fn parse(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        let has = |word: &str| words.contains(&word);
        Self {
            auto_increment: has("auto_increment"),
            stored: (has("stored") || has("persistent")) && has("generated"),
            virtual_generated: has("virtual") && has("generated"),
            invisible: has("invisible"),
            default_generated: has("default_generated"),
            on_update: text.split_once("on update ").and_then(|(_, rest)| now(rest.split([' ', ',']).next()?)),
        }
    }
}

/// The fractional digits of `CURRENT_TIMESTAMP`, `current_timestamp()` or `CURRENT_TIMESTAMP(3)`; `None` for any other
/// text.
pub(in crate::discovery) fn now(text: &str) -> Option<u32> {
    let lower = text.trim().to_ascii_lowercase();
    let rest = lower.strip_prefix("current_timestamp").or_else(|| lower.strip_prefix("now"))?;
    match rest {
        "" if lower.starts_with('c') => Some(0),
        "()" => Some(0),
        _ => rest.strip_prefix('(')?.strip_suffix(')')?.trim().parse().ok().filter(|fsp| *fsp <= 6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extra_reads_the_same_in_every_spelling() {
        let none = Extra::default;
        let cases = [
            ("", none()),
            ("auto_increment", Extra { auto_increment: true, ..none() }),
            ("auto_increment INVISIBLE", Extra { auto_increment: true, invisible: true, ..none() }),
            ("INVISIBLE", Extra { invisible: true, ..none() }),
            ("STORED GENERATED", Extra { stored: true, ..none() }),
            ("VIRTUAL GENERATED, INVISIBLE", Extra { virtual_generated: true, invisible: true, ..none() }),
            ("DEFAULT_GENERATED", Extra { default_generated: true, ..none() }),
            (
                "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3)",
                Extra { default_generated: true, on_update: Some(3), ..none() },
            ),
            ("on update current_timestamp()", Extra { on_update: Some(0), ..none() }),
            ("on update current_timestamp(6), INVISIBLE", Extra { on_update: Some(6), invisible: true, ..none() }),
            ("WITHOUT SYSTEM VERSIONING", none()),
        ];
        for (text, want) in cases {
            assert_eq!(Extra::parse(text), want, "{text}");
        }
    }

    #[test]
    fn now_is_current_timestamp_and_nothing_else() {
        for (text, want) in [
            ("CURRENT_TIMESTAMP", Some(0)),
            ("current_timestamp()", Some(0)),
            ("CURRENT_TIMESTAMP(6)", Some(6)),
            ("now()", Some(0)),
            ("now", None),
            ("CURRENT_TIMESTAMP(7)", None),
            ("current_timestamp() + interval 1 day", None),
            ("2024-01-01", None),
        ] {
            assert_eq!(now(text), want, "{text}");
        }
    }
}
