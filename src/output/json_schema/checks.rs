//! CHECK constraints that a schema can say: comparisons of one column with constants, joined by AND. Pure.
//! What cannot be said is listed as text, whole: half a condition would read as the whole one.

mod parse;

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use self::parse::{Comparison, Literal, Operator, conjunction};
use crate::schema::{Column, Table};

/// Folds the checks into the properties; returns the texts of those that could not be.
pub(super) fn fold(table: &Table, properties: &mut Map<String, Value>) -> Vec<String> {
    let mut texts = Vec::new();
    for check in table.checks.iter().filter(|check| check.enforced != Some(false) && check.expr != "unknown") {
        let rules = conjunction(&check.expr).and_then(|all| all.iter().map(|one| rule(table, one)).collect());
        let mut tried = properties.clone();
        let rules: Option<Vec<(&Column, Rule)>> = rules;
        match rules.is_some_and(|rules| rules.into_iter().all(|(column, rule)| apply(&mut tried, column, rule))) {
            true => *properties = tried,
            false => texts.push(check.expr.clone()),
        }
    }
    texts
}

/// What a comparison says of a column.
enum Rule {
    Least { bound: Value, exclusive: bool },
    Greatest { bound: Value, exclusive: bool },
    OneOf(Vec<Value>),
}

/// `None` when the column is none of ours, or compares in a way that a schema does not.
fn rule<'t>(table: &'t Table, comparison: &Comparison) -> Option<(&'t Column, Rule)> {
    let column = table.columns.iter().find(|column| column.name == comparison.column && column.is_writable())?;
    let base = column.r#type.base.as_str();
    let number = |literal: &Literal| match literal {
        Literal::Number(text) => super::numbers::number(text).filter(|_| column.r#type.is_numeric()),
        Literal::Text(_) => None,
    };
    let rule = match (comparison.operator, comparison.literals.as_slice()) {
        (Operator::Least { exclusive }, [one]) => Rule::Least { bound: number(one)?, exclusive },
        (Operator::Greatest { exclusive }, [one]) => Rule::Greatest { bound: number(one)?, exclusive },
        // A decimal may come as text in many spellings.
        (Operator::OneOf, _) if base == "decimal" => return None,
        (Operator::OneOf, list) => {
            Rule::OneOf(list.iter().map(|literal| member(column, literal)).collect::<Option<_>>()?)
        }
        _ => return None,
    };
    Some((column, rule))
}

/// Text is compared as the collation says; only a binary one compares as a schema does.
fn member(column: &Column, literal: &Literal) -> Option<Value> {
    let plain = matches!(column.r#type.base.as_str(), "char" | "varchar") && column.collation.ends_with("_bin");
    match literal {
        Literal::Number(text) if column.r#type.is_numeric() => super::numbers::number(text),
        Literal::Text(text) if plain => Some(json!(text)),
        _ => None,
    }
}

/// False when the rule cannot be put beside what the property says already.
fn apply(properties: &mut Map<String, Value>, column: &Column, rule: Rule) -> bool {
    let Some(Value::Object(property)) = properties.get_mut(&column.name) else { return false };
    match rule {
        Rule::Least { bound, exclusive } => {
            let whole = if exclusive { next(column, &bound, 1) } else { None };
            let key = if exclusive && whole.is_none() { "exclusiveMinimum" } else { "minimum" };
            tighten(property, key, whole.unwrap_or(bound), Ordering::Greater)
        }
        Rule::Greatest { bound, exclusive } => {
            let whole = if exclusive { next(column, &bound, -1) } else { None };
            let key = if exclusive && whole.is_none() { "exclusiveMaximum" } else { "maximum" };
            tighten(property, key, whole.unwrap_or(bound), Ordering::Less)
        }
        Rule::OneOf(_) if property.contains_key("enum") => return false,
        Rule::OneOf(mut members) => {
            if column.r#type.bool_hint {
                let booleans = [(0, false), (1, true)].into_iter().filter(|(n, _)| members.contains(&json!(n)));
                members.extend(booleans.map(|(_, flag)| json!(flag)).collect::<Vec<_>>());
            }
            if column.nullable {
                members.push(Value::Null);
            }
            property.insert("enum".to_owned(), Value::Array(members));
        }
    }
    true
}

/// The whole number beside a bound that does not count itself; `None` for other types and other bounds.
fn next(column: &Column, bound: &Value, step: i64) -> Option<Value> {
    let bound = bound.as_i64().filter(|_| column.r#type.is_integer())?;
    bound.checked_add(step).map(|next| json!(next))
}

/// Sets a bound unless the one that is there is tighter.
fn tighten(property: &mut Map<String, Value>, key: &str, bound: Value, tighter: Ordering) {
    let old = property.get(key).and_then(Value::as_f64);
    let keep = old.zip(bound.as_f64()).is_some_and(|(old, new)| new.partial_cmp(&old) != Some(tighter));
    if !keep {
        property.insert(key.to_owned(), bound);
    }
}

#[cfg(test)]
mod tests;
