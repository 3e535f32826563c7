//! The documentation of the built in rules, written from their table.

use std::fmt::Write as _;

use super::{Builtin, SUBJECTS};
use crate::api::policy::Severity;

/// `docs/rules.md`.
#[must_use]
pub fn markdown() -> String {
    let mut out = String::from(
        "# Built in rules\n\n\
         <!-- Written from src/validation/rules; `make golden` rewrites it. -->\n\n\
         A SchemaValidationPolicy runs the rules it lists and no others. `severity` is the default below unless the policy \
         sets one; a rule that is Off by default runs as Warn once it is listed. `tables` (globs on TABLE or DB.TABLE) \
         limits what a rule looks at. A rule takes the parameters below and refuses others.\n\n\
         Severity Error gives result `fail`; Warn and Info give `warn`; what does not apply is `skip`; what cannot be judged, \
         because the account may not see it, is `error` and never a pass.\n\n\
         ```yaml\nrules:\n- {builtin: table-has-primary-key}\n- {builtin: index-count-max, params: {max: 12}, tables: [\"shop.*\"]}\n\
         - {builtin: no-enum, severity: Info}\n```\n",
    );
    for (subject, rules) in SUBJECTS {
        let _ =
            write!(out, "\n## {subject}\n\n| Rule | Severity | Demands | Why | Parameters |\n|---|---|---|---|---|\n");
        for rule in rules {
            let _ = writeln!(out, "{}", row(rule));
        }
    }
    out
}

fn row(rule: &Builtin) -> String {
    let severity = match rule.severity {
        Severity::Off => "Off (Warn)",
        Severity::Info => "Info",
        Severity::Warn => "Warn",
        Severity::Error => "Error",
    };
    let param = |param: &super::Param| {
        let default = param.default.written();
        let default = if default.is_empty() { "none".to_owned() } else { format!("`{default}`") };
        let required = matches!(param.default, super::Given::Values(None));
        let default = if required { "required".to_owned() } else { format!("default {default}") };
        format!("`{}`: {} ({default})", param.default.field(), param.meaning)
    };
    let params: Vec<String> = rule.params.iter().map(param).collect();
    let cells = [rule.demands, rule.why, &params.join("; ")].map(|cell| cell.replace('|', "\\|"));
    format!("| `{}` | {severity} | {} |", rule.rule, cells.join(" | "))
}
