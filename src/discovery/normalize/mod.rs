//! Three engines write the same schema in different words; here are the rules that bring them to one form. Pure.

pub(super) mod defaults;
pub(super) mod expression;
pub(super) mod extra;
pub(super) mod numbers;
pub(super) mod options;
pub(super) mod partition;
pub(super) mod temporal;
pub(super) mod tidb;

use crate::schema::ReferentialAction;

/// A character set or collation name: `utf8` is an old word for utf8mb3, which TiDB still says.
pub(super) fn charset(name: &str) -> String {
    match name.strip_prefix("utf8") {
        Some("") => "utf8mb3".to_owned(),
        Some(rest) if rest.starts_with('_') => format!("utf8mb3{rest}"),
        _ => name.to_owned(),
    }
}

/// A referential rule; an unset one is NO ACTION or RESTRICT, which mean the same on all three engines.
pub(super) fn action(rule: &str) -> ReferentialAction {
    match rule.to_ascii_uppercase().as_str() {
        "RESTRICT" | "NO ACTION" => ReferentialAction::Restrict,
        "CASCADE" => ReferentialAction::Cascade,
        "SET NULL" => ReferentialAction::SetNull,
        "SET DEFAULT" => ReferentialAction::SetDefault,
        _ => ReferentialAction::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_utf8mb3() {
        for (name, want) in [
            ("utf8", "utf8mb3"),
            ("utf8_bin", "utf8mb3_bin"),
            ("utf8mb3_general_ci", "utf8mb3_general_ci"),
            ("utf8mb4", "utf8mb4"),
            ("utf8mb4_bin", "utf8mb4_bin"),
            ("latin1", "latin1"),
            ("", ""),
        ] {
            assert_eq!(charset(name), want);
        }
    }

    #[test]
    fn an_unset_rule_is_restrict_on_every_engine() {
        for (rule, want) in [
            ("RESTRICT", ReferentialAction::Restrict),
            ("NO ACTION", ReferentialAction::Restrict),
            ("CASCADE", ReferentialAction::Cascade),
            ("SET NULL", ReferentialAction::SetNull),
            ("set default", ReferentialAction::SetDefault),
            ("", ReferentialAction::Unknown),
        ] {
            assert_eq!(action(rule), want, "{rule}");
        }
    }
}
