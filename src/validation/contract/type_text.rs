//! The type text of a contract, as a person writes it. Synonyms of the SQL manuals become the words of the model, then the
//! parser of discovery takes it apart; a character set may follow. Pure.

use super::ExpectedType;
use crate::schema::{Engine, sql_type};

/// Longest text looked at, in bytes.
const MAX_TEXT: usize = 4096;

/// Synonyms of two or more words, longest first, then single words. What follows the synonym stays.
const SYNONYMS: [(&str, &str); 40] = [
    ("national character varying", "varchar"),
    ("national varcharacter", "varchar"),
    ("character varying", "varchar"),
    ("double precision", "double"),
    ("national character", "char"),
    ("national varchar", "varchar"),
    ("nchar varchar", "varchar"),
    ("nchar varying", "varchar"),
    ("long varbinary", "mediumblob"),
    ("long varchar", "mediumtext"),
    ("char varying", "varchar"),
    ("national char", "char"),
    ("char byte", "binary"),
    ("varcharacter", "varchar"),
    ("middleint", "mediumint"),
    ("character", "char"),
    ("nvarchar", "varchar"),
    ("varchar2", "varchar"),
    ("integer", "int"),
    ("boolean", "tinyint(1)"),
    ("numeric", "decimal"),
    ("varying", "varchar"),
    ("number", "decimal"),
    ("float4", "float"),
    ("float8", "double"),
    ("nchar", "char"),
    ("fixed", "decimal"),
    ("clob", "longtext"),
    ("real", "double"),
    ("long", "mediumtext"),
    ("bool", "tinyint(1)"),
    ("int1", "tinyint"),
    ("int2", "smallint"),
    ("int3", "mediumint"),
    ("int4", "int"),
    ("int8", "bigint"),
    ("dec", "decimal"),
    ("raw", "varbinary"),
    ("serial", "bigint unsigned"),
    ("geomcollection", "geometrycollection"),
];

/// Reads a type's text.
///
/// # Errors
/// A sentence that says what to write instead.
pub fn read(text: &str) -> Result<ExpectedType, String> {
    let refuse = || {
        let shown = crate::error::shorten(text, 64);
        format!("\"{shown}\" is not a column type; write it as in bigint unsigned, varchar(20) or enum('new','paid')")
    };
    if text.len() > MAX_TEXT {
        return Err(refuse());
    }
    let (words, charset) = split_charset(text.trim());
    let parsed = sql_type::parse(&canonical(words), Engine::Mysql).r#type;
    if parsed.base == "unknown" {
        return Err(refuse());
    }
    Ok(ExpectedType { r#type: parsed, charset: charset_name(charset) })
}

/// `utf8` is what older servers call utf8mb3.
fn charset_name(name: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "utf8" => "utf8mb3".to_owned(),
        other => other.to_owned(),
    }
}

/// Cuts `character set NAME` off the end; nothing is cut out of an enum's members.
fn split_charset(text: &str) -> (&str, &str) {
    let after_members = text.rfind(['\'', ')']).map_or(0, |at| at + 1);
    let lower = text.to_ascii_lowercase();
    for phrase in [" character set ", " charset "] {
        if let Some(at) = lower.rfind(phrase).filter(|at| *at >= after_members) {
            let name = text[at + phrase.len()..].trim();
            let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            return if plain { (text[..at].trim_end(), name) } else { (text, "") };
        }
    }
    (text, "")
}

/// The text in the words of the model's parser.
fn canonical(text: &str) -> String {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ' ')).unwrap_or(text.len());
    let (head, tail) = text.split_at(end);
    let head = head.to_ascii_lowercase().split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    let replaced = SYNONYMS.iter().find_map(|(synonym, word)| {
        let rest = head.strip_prefix(synonym)?;
        (rest.is_empty() || rest.starts_with(' ')).then(|| format!("{word}{rest}"))
    });
    let head = replaced.unwrap_or(head);
    // float(30) has the precision of a double.
    let wide = |inner: &str| inner.trim().parse::<u32>().is_ok_and(|bits| (25..=53).contains(&bits));
    if head == "float" && tail.strip_prefix('(').and_then(|t| t.split_once(')')).is_some_and(|(inner, _)| wide(inner)) {
        return "double".to_owned();
    }
    let tail = tail.trim_start();
    if matches!(head.as_str(), "enum" | "set") {
        return format!("{head}{}", without_blanks(tail));
    }
    format!("{head}{tail}")
}

/// Members as servers print them: without blanks between them.
fn without_blanks(members: &str) -> String {
    let mut quoted = false;
    let keep = |c: &char| {
        quoted ^= *c == '\'';
        quoted || !c.is_ascii_whitespace()
    };
    members.chars().filter(keep).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn synonyms_mean_the_type_they_stand_for() {
        for (text, want) in [
            ("int(11)", "int"),
            ("INTEGER", "int"),
            ("integer unsigned", "int unsigned"),
            ("int  unsigned", "int unsigned"),
            ("boolean", "tinyint(1)"),
            ("BOOL", "tinyint(1)"),
            ("numeric(10,2)", "decimal(10,2)"),
            ("dec (8, 3) unsigned", "decimal(8,3) unsigned"),
            ("fixed", "decimal(10,0)"),
            ("double precision", "double"),
            ("real", "double"),
            ("float(24)", "float"),
            ("float(25)", "double"),
            ("float(7,2)", "float(7,2)"),
            ("character varying (20)", "varchar(20)"),
            ("character(3)", "char(3)"),
            ("nvarchar(5)", "varchar(5)"),
            ("char byte(16)", "binary(16)"),
            ("long varchar", "mediumtext"),
            ("int8", "bigint"),
            ("middleint", "mediumint"),
            ("serial", "bigint unsigned"),
            ("ENUM ( 'Real Madrid', 'int4','it''s' )", "enum('Real Madrid','int4','it''s')"),
            ("datetime(3)", "datetime(3)"),
            ("year(4)", "year"),
        ] {
            let want = sql_type::parse(want, Engine::Mysql).r#type;
            assert_eq!(read(text).unwrap().r#type, want, "{text}");
        }
    }

    #[test]
    fn a_character_set_may_follow() {
        for (text, charset) in [
            ("varchar(20) character set latin1", "latin1"),
            ("text CHARSET utf8", "utf8mb3"),
            ("enum('a charset b') charset utf8mb4", "utf8mb4"),
            ("enum('a charset b')", ""),
            ("int", ""),
        ] {
            assert_eq!(read(text).unwrap().charset, charset, "{text}");
        }
    }

    #[test]
    fn what_is_no_type_is_refused_with_what_to_write() {
        for text in ["", "strng", "int(x)", "varchar", "varchar(20) character set", "int not null", "enum(a)", "int;"] {
            let error = read(text).unwrap_err();
            assert!(error.contains("is not a column type; write it as in"), "{text}: {error}");
        }
        assert!(read(&format!("enum('{}')", "x".repeat(5000))).unwrap_err().len() < 300);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}", words in "(int|char|float|enum|charset|\\(|\\)|'| |5|ä){0,12}") {
            let _ = read(&text);
            let _ = read(&words);
        }

        #[test]
        fn what_the_model_prints_is_read_back(
            base in prop::sample::select(&["int unsigned", "tinyint(1)", "decimal(9,4)", "char(3)", "varbinary(8)",
                "datetime(6)", "enum('a','it''s','\\\\')", "vector(3)", "json", "bigint unsigned zerofill"][..]),
        ) {
            let parsed = sql_type::parse(base, Engine::Mysql).r#type;
            prop_assert_eq!(read(&parsed.to_string()).unwrap().r#type, parsed);
        }
    }
}
