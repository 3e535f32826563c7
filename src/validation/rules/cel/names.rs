//! Does an expression know what it names? Variables, functions and, as far as their types are known, fields. Pure.

use std::collections::BTreeMap;

use cel::common::ast::{ComprehensionExpr, Expr, operators};
use cel::parser::Expression;

use super::functions;
use super::shape::Shape;
use crate::validation::suggest::closest;

/// Functions of CEL itself that work here.
const STANDARD: [&str; 13] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "bool",
    "type",
    "dyn",
];

/// Macros, which a typo would leave as an unknown function.
const MACROS: [&str; 6] = ["has", "all", "exists", "exists_one", "filter", "map"];

/// Names that are types when they are not called.
const TYPES: [&str; 9] = ["int", "uint", "double", "string", "bytes", "bool", "list", "map", "null_type"];

/// What is in reach at one place of the expression.
#[derive(Clone)]
struct Scope<'a> {
    names: BTreeMap<String, Shape>,
    place: &'a dyn Fn(u64) -> Option<String>,
}

/// Checks every name; `place` tells where a part of the expression stands.
///
/// # Errors
/// The first name nobody knows, with its place and the word that was meant.
pub(super) fn check(
    expression: &Expression,
    variables: &BTreeMap<String, Shape>,
    place: &dyn Fn(u64) -> Option<String>,
) -> Result<(), String> {
    Scope { names: variables.clone(), place }.shape(expression).map(drop)
}

impl Scope<'_> {
    fn unknown<'w>(&self, id: u64, what: &str, name: &str, known: impl Iterator<Item = &'w str> + Clone) -> String {
        let place = (self.place)(id).map(|place| format!("{place}: ")).unwrap_or_default();
        let name = crate::error::shorten(name, 64);
        let hint = closest(&name, known.clone()).map_or_else(
            || format!("there are {}", known.collect::<Vec<_>>().join(", ")),
            |word| format!("did you mean {word}?"),
        );
        format!("{place}unknown {what} {name}: {hint}")
    }

    /// The shape of an expression's value, after everything in it was checked.
    fn shape(&self, expression: &Expression) -> Result<Shape, String> {
        match &expression.expr {
            Expr::Ident(name) => self.variable(expression.id, name),
            Expr::Select(select) => {
                let operand = self.shape(&select.operand)?;
                self.field(expression.id, &operand, &select.field)
            }
            Expr::Call(call) => {
                self.function(expression.id, &call.func_name)?;
                let target = call.target.as_ref().map(|target| self.shape(target)).transpose()?;
                let arguments = call.args.iter().map(|arg| self.shape(arg)).collect::<Result<Vec<_>, _>>()?;
                drop(target);
                Ok(match (call.func_name.as_str(), arguments.first()) {
                    (operators::INDEX, Some(Shape::List(item))) => item.as_ref().clone(),
                    _ => Shape::Any,
                })
            }
            Expr::Comprehension(loop_) => self.comprehension(loop_),
            Expr::Literal(_) => Ok(Shape::Any),
            _ => {
                for child in super::limits::children(expression) {
                    self.shape(child)?;
                }
                Ok(Shape::Any)
            }
        }
    }

    fn variable(&self, id: u64, name: &str) -> Result<Shape, String> {
        if let Some(shape) = self.names.get(name) {
            return Ok(shape.clone());
        }
        if name.starts_with('@') || TYPES.contains(&name) {
            return Ok(Shape::Any);
        }
        let known = self.names.keys().map(String::as_str).filter(|name| !name.starts_with('@'));
        Err(self.unknown(id, "variable", name, known))
    }

    fn field(&self, id: u64, operand: &Shape, field: &str) -> Result<Shape, String> {
        match operand {
            Shape::Map(fields) => match fields.get(field) {
                Some(shape) => Ok(shape.clone()),
                None => Err(self.unknown(id, "field", field, fields.keys().map(String::as_str))),
            },
            Shape::Any => Ok(Shape::Any),
            Shape::Scalar | Shape::List(_) => {
                let place = (self.place)(id).map(|place| format!("{place}: ")).unwrap_or_default();
                let what = if *operand == Shape::Scalar { "a plain value" } else { "a list; use all, exists or [0]" };
                Err(format!("{place}{} is taken from {what}", crate::error::shorten(field, 64)))
            }
        }
    }

    fn function(&self, id: u64, name: &str) -> Result<(), String> {
        let is_operator = !name.starts_with(|c: char| c.is_ascii_alphabetic());
        if is_operator || STANDARD.contains(&name) || functions::NAMES.contains(&name) {
            return Ok(());
        }
        let known = functions::NAMES.iter().chain(&STANDARD).chain(&MACROS).copied();
        Err(self.unknown(id, "function", name, known))
    }

    fn comprehension(&self, loop_: &ComprehensionExpr) -> Result<Shape, String> {
        let range = self.shape(&loop_.iter_range)?;
        let item = match &range {
            Shape::List(item) => item.as_ref().clone(),
            // The keys of a map.
            Shape::Map(_) => Shape::Scalar,
            _ => Shape::Any,
        };
        self.shape(&loop_.accu_init)?;
        let mut inner = self.clone();
        inner.names.insert(loop_.iter_var.clone(), item);
        if let Some(second) = &loop_.iter_var2 {
            inner.names.insert(second.clone(), Shape::Any);
        }
        inner.names.insert(loop_.accu_var.clone(), Shape::Any);
        for part in [&loop_.loop_cond, &loop_.loop_step, &loop_.result] {
            inner.shape(part)?;
        }
        // What was filtered has the shape it had.
        let is_filter = matches!(&loop_.loop_step.expr, Expr::Call(call) if call.func_name == operators::CONDITIONAL)
            && matches!(loop_.result.expr, Expr::Ident(_));
        Ok(if is_filter { Shape::List(Box::new(Shape::Any)) } else { Shape::Any })
    }
}
