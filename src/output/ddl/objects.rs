//! Views and sequences as SQL. Pure.

use super::words::{name, names, note, text};
use crate::schema::{Sequence, View};

/// CREATE VIEW, or a note why there is none. The names of the columns are always listed: MySQL and TiDB do not have them
/// in the definition.
pub(super) fn view(view: &View) -> String {
    let called = name(&view.name);
    if view.invalid {
        return note(&format!("view {called} is left out: it names something that is gone"));
    }
    if view.definition.is_empty() {
        return note(&format!("view {called} is left out: the account may not see its definition"));
    }
    let security = if view.security == "invoker" { "INVOKER" } else { "DEFINER" };
    let columns: Vec<String> = view.columns.iter().map(|column| column.name.clone()).collect();
    let option = match view.check_option.as_str() {
        "" => String::new(),
        level => format!(" WITH {} CHECK OPTION", level.to_ascii_uppercase()),
    };
    let columns = names(&columns);
    format!("CREATE SQL SECURITY {security} VIEW {called} ({columns}) AS {}{option};\n", view.definition)
}

/// CREATE SEQUENCE, or a note why there is none.
pub(super) fn sequence(sequence: &Sequence) -> String {
    let called = name(&sequence.name);
    if sequence.unknown {
        return note(&format!("sequence {called} is left out: the account may not read how it counts"));
    }
    let mut out = format!("CREATE SEQUENCE {called}");
    for (word, value) in [
        ("START WITH", &sequence.start),
        ("INCREMENT BY", &sequence.increment),
        ("MINVALUE", &sequence.min),
        ("MAXVALUE", &sequence.max),
    ] {
        if !value.is_empty() {
            out.push_str(&format!(" {word} {value}"));
        }
    }
    out.push_str(&if sequence.cache == 0 { " NOCACHE".to_owned() } else { format!(" CACHE {}", sequence.cache) });
    out.push_str(if sequence.cycle { " CYCLE" } else { " NOCYCLE" });
    if !sequence.comment.is_empty() {
        out.push_str(&format!(" COMMENT={}", text(&sequence.comment)));
    }
    out.push_str(";\n");
    out
}
