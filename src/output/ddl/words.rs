//! Names, strings and comments as SQL text. Pure.

use crate::schema::Engine;

/// A name in backticks.
pub(super) fn name(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// Names in backticks, separated by commas.
pub(super) fn names(list: &[String]) -> String {
    list.iter().map(|one| name(one)).collect::<Vec<_>>().join(",")
}

/// A string literal. Backslash starts an escape: the session is set up so.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' => out.push_str("''"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            '\u{1A}' => out.push_str("\\Z"),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// A line of comment, whatever stands in it.
pub(super) fn note(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("-- {}\n", plain.trim_end())
}

/// Words that only servers with a feature of TiDB read. A text that would end the comment stands as it is.
pub(super) fn feature(feature: &str, text: &str) -> String {
    let mark = if feature.is_empty() { String::new() } else { format!("[{feature}]") };
    if text.contains("*/") { text.to_owned() } else { format!("/*T!{mark} {text} */") }
}

/// A character set or collation in the engine's own spelling: TiDB knows utf8mb3 by its old name.
pub(super) fn charset(name: &str, engine: Engine) -> String {
    match name.strip_prefix("utf8mb3") {
        Some(rest) if engine == Engine::Tidb => format!("utf8{rest}"),
        _ => name.to_owned(),
    }
}

/// The character set that a collation belongs to.
pub(super) fn charset_of(collation: &str) -> &str {
    collation.split_once('_').map_or(collation, |(charset, _)| charset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_strings_hold_anything() {
        assert_eq!(name("a`b"), "`a``b`");
        assert_eq!(names(&["a".to_owned(), "b c".to_owned()]), "`a`,`b c`");
        assert_eq!(text("it's \\ \"q\"\n\r\0\u{1A}😀"), "'it''s \\\\ \"q\"\\n\\r\\0\\Z😀'");
        assert_eq!(note("a\nDROP TABLE x\u{0}"), "-- a DROP TABLE x\n");
    }

    #[test]
    fn a_feature_comment_is_never_ended_by_what_it_holds() {
        assert_eq!(feature("ttl", "TTL=`a`"), "/*T![ttl] TTL=`a` */");
        assert_eq!(feature("", "SHARD_ROW_ID_BITS=4"), "/*T! SHARD_ROW_ID_BITS=4 */");
        assert_eq!(feature("ttl", "TTL=`a*/b`"), "TTL=`a*/b`");
    }

    #[test]
    fn character_sets_have_the_name_the_engine_knows() {
        for (collation, engine, want) in [
            ("utf8mb3_bin", Engine::Tidb, "utf8_bin"),
            ("utf8mb3_bin", Engine::Mariadb, "utf8mb3_bin"),
            ("utf8mb4_bin", Engine::Tidb, "utf8mb4_bin"),
        ] {
            assert_eq!(charset(collation, engine), want);
        }
        assert_eq!((charset_of("utf8mb4_0900_ai_ci"), charset_of("binary")), ("utf8mb4", "binary"));
    }
}
