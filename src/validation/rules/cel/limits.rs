//! What keeps an expression from taking more than its share: how deep it is before it is parsed, how macros nest, and the
//! meter that is built into every loop. Pure.

use cel::common::ast::{CallExpr, EntryExpr, Expr, LiteralValue};
use cel::parser::Expression;

/// Deepest chain of brackets and operators: the parser recurses into each, and gives up at 96 of its own counting.
const MAX_DEPTH: usize = 80;

/// How many loops may stand inside each other.
const MAX_NESTING: usize = 2;

/// The function that charges for a loop before it runs; no user can write its name.
pub(super) const CHARGE: &str = "@charge";

/// The function that matches with a bounded pattern.
pub(super) const MATCHES: &str = "@matches";

/// Counts, at the deepest point, open brackets and the operators chained beside them. `&&`, `||` and commas begin a new
/// chain: the parser does not recurse over those.
pub(super) fn check_depth(text: &str) -> Result<(), String> {
    let refuse = || Err(format!("chains or nests more than {MAX_DEPTH} operators; split it into several rules"));
    let mut chains = vec![0_usize];
    let mut chars = text.chars().peekable();
    let mut deepest = 0;
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => skip_quoted(&mut chars, c),
            '/' if chars.peek() == Some(&'/') => while chars.next_if(|c| *c != '\n').is_some() {},
            '(' | '[' | '{' => {
                grow(&mut chains);
                chains.push(0);
            }
            ')' | ']' | '}' if chains.len() > 1 => {
                chains.pop();
            }
            '&' | '|' | ',' => {
                if let Some(chain) = chains.last_mut() {
                    *chain = 0;
                }
            }
            '+' | '-' | '*' | '/' | '%' | '<' | '>' | '=' | '!' | '?' | ':' | '.' => grow(&mut chains),
            _ => {}
        }
        deepest = deepest.max(chains.iter().sum::<usize>());
        if deepest > MAX_DEPTH {
            return refuse();
        }
    }
    Ok(())
}

fn grow(chains: &mut [usize]) {
    if let Some(chain) = chains.last_mut() {
        *chain += 1;
    }
}

fn skip_quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, quote: char) {
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            c if c == quote => return,
            _ => {}
        }
    }
}

/// Refuses loops inside loops inside loops.
pub(super) fn check_nesting(expression: &Expression) -> Result<(), String> {
    if nesting(expression) > MAX_NESTING {
        return Err(format!(
            "nests more than {MAX_NESTING} of all, exists, exists_one, filter and map; split the rule"
        ));
    }
    Ok(())
}

fn nesting(expression: &Expression) -> usize {
    match &expression.expr {
        Expr::Comprehension(loop_) => {
            let body = nesting(&loop_.loop_step).max(nesting(&loop_.loop_cond)).max(nesting(&loop_.result));
            nesting(&loop_.iter_range).max(1 + body)
        }
        _ => children(expression).into_iter().map(nesting).max().unwrap_or(0),
    }
}

/// The parts of an expression that are evaluated with it, those of a loop included.
pub(super) fn children(expression: &Expression) -> Vec<&Expression> {
    match &expression.expr {
        Expr::Call(call) => call.target.iter().map(AsRef::as_ref).chain(&call.args).collect(),
        Expr::Comprehension(loop_) => {
            vec![&loop_.iter_range, &loop_.accu_init, &loop_.loop_cond, &loop_.loop_step, &loop_.result]
        }
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Map(map) => map.entries.iter().flat_map(|entry| entry_parts(&entry.expr)).collect(),
        Expr::Struct(fields) => fields.entries.iter().flat_map(|entry| entry_parts(&entry.expr)).collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => Vec::new(),
    }
}

fn entry_parts(entry: &EntryExpr) -> Vec<&Expression> {
    match entry {
        EntryExpr::StructField(field) => vec![&field.value],
        EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
    }
}

fn size(expression: &Expression) -> u64 {
    1 + children(expression).into_iter().map(size).sum::<u64>()
}

/// Has every loop charge for its elements before it runs, each as much as its body is long, and every `matches` go to the
/// bounded one.
pub(super) fn meter(expression: &mut Expression) {
    match &mut expression.expr {
        Expr::Comprehension(loop_) => {
            let weight = size(&loop_.loop_step) + size(&loop_.loop_cond);
            for part in [
                &mut loop_.iter_range,
                &mut loop_.accu_init,
                &mut loop_.loop_cond,
                &mut loop_.loop_step,
                &mut loop_.result,
            ] {
                meter(part);
            }
            let range = std::mem::take(&mut loop_.iter_range);
            let weight = LiteralValue::Int(i64::try_from(weight).unwrap_or(i64::MAX).into());
            let weight = Expression { id: range.id, expr: Expr::Literal(weight) };
            let call = CallExpr { func_name: CHARGE.to_owned(), target: None, args: vec![range, weight] };
            loop_.iter_range = Expression { id: expression.id, expr: Expr::Call(call) };
        }
        Expr::Call(call) => {
            if call.func_name == "matches" {
                call.func_name = MATCHES.to_owned();
            }
            call.target.iter_mut().for_each(|target| meter(target));
            call.args.iter_mut().for_each(meter);
        }
        Expr::List(list) => list.elements.iter_mut().for_each(meter),
        Expr::Map(map) => map.entries.iter_mut().for_each(|entry| meter_entry(&mut entry.expr)),
        Expr::Struct(fields) => fields.entries.iter_mut().for_each(|entry| meter_entry(&mut entry.expr)),
        Expr::Select(select) => meter(&mut select.operand),
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
    }
}

fn meter_entry(entry: &mut EntryExpr) {
    match entry {
        EntryExpr::StructField(field) => meter(&mut field.value),
        EntryExpr::MapEntry(entry) => {
            meter(&mut entry.key);
            meter(&mut entry.value);
        }
    }
}
