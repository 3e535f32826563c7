//! The functions CEL does not bring and people expect, and the budget they and the loops draw on. Pure.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use cel::common::types::CelInt;
use cel::common::value::CowVal;
use cel::extractors::This;
use cel::{Context, DeclarationError, ExecutionError, FunctionContext, Value};
use regex::RegexBuilder;

use super::limits::{CHARGE, MATCHES};
use crate::schema::select::Globs;

/// Steps one expression may take on one object: some tenths of a second.
pub(super) const MAX_STEPS: u64 = 1_000_000;

/// Most memory a pattern may take when compiled; it is compiled each time.
const MAX_REGEX_BYTES: usize = 1 << 16;

/// What compiling a pattern or a glob costs, in steps.
const COMPILE: u64 = 2000;

/// Names of the functions registered here, as users write them.
pub(super) const NAMES: [&str; 6] = ["lower", "upper", "split", "join", "trim", "glob"];

/// The steps left to one run.
#[derive(Clone, Default)]
pub(super) struct Budget(Arc<Counter>);

#[derive(Default)]
struct Counter {
    taken: AtomicU64,
    spent: AtomicBool,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// The limit was hit. What the expression gave then means nothing: `||` swallows errors.
    pub(super) fn is_spent(&self) -> bool {
        self.0.spent.load(Ordering::Relaxed)
    }

    fn take(&self, steps: u64) -> Result<(), ExecutionError> {
        let before = self.0.taken.fetch_add(steps.min(MAX_STEPS), Ordering::Relaxed);
        if before.saturating_add(steps) > MAX_STEPS {
            self.0.spent.store(true, Ordering::Relaxed);
            return Err(ExecutionError::function_error("budget", "too many steps"));
        }
        Ok(())
    }

    /// For work that is linear in a text.
    fn take_text(&self, text: &str) -> Result<(), ExecutionError> {
        self.take(1 + text.len() as u64 / 16)
    }
}

type Text = Arc<String>;

/// A function that looks at its call itself.
type Raw =
    Box<dyn for<'c, 'v> Fn(&mut FunctionContext<'c, 'v>) -> Result<CowVal<'c, 'v>, ExecutionError> + Send + Sync>;

/// Adds the functions to a context; all draw on one budget.
pub(super) fn register(context: &mut Context<'_, '_>, budget: &Budget) -> Result<(), DeclarationError> {
    context.add_function(CHARGE, charge(budget.clone()))?;
    let b = budget.clone();
    context.add_function(MATCHES, move |This(text): This<Text>, pattern: Text| matches(&b, &text, &pattern))?;
    let b = budget.clone();
    context.add_function("lower", move |This(text): This<Text>| mapped(&b, &text, |t| t.to_lowercase()))?;
    let b = budget.clone();
    context.add_function("upper", move |This(text): This<Text>| mapped(&b, &text, |t| t.to_uppercase()))?;
    let b = budget.clone();
    context.add_function("trim", move |This(text): This<Text>| mapped(&b, &text, |t| t.trim().to_owned()))?;
    let b = budget.clone();
    context.add_function("split", move |This(text): This<Text>, by: Text| split(&b, &text, &by))?;
    let b = budget.clone();
    context.add_function("join", move |This(list): This<Arc<Vec<Value>>>, by: Text| join(&b, &list, &by))?;
    let b = budget.clone();
    context.add_function("glob", move |This(text): This<Text>, glob: Text| matches_glob(&b, &text, &glob))
}

/// Hands its first argument back after charging for its elements.
fn charge(budget: Budget) -> Raw {
    Box::new(move |call: &mut FunctionContext<'_, '_>| {
        let weight = call.args.get(1).and_then(|weight| weight.downcast_ref::<CelInt>().map(|w| *w.inner()));
        let range = call.args.drain(..).next().ok_or_else(ExecutionError::missing_argument_or_target)?;
        let elements = range.as_sizer().map_or(1, |sizer| *sizer.size().inner());
        let weight = u64::try_from(weight.unwrap_or(1)).unwrap_or(1);
        budget.take(u64::try_from(elements).unwrap_or(1).saturating_add(1).saturating_mul(weight))?;
        Ok(range)
    })
}

fn mapped(budget: &Budget, text: &str, change: impl Fn(&str) -> String) -> Result<Value, ExecutionError> {
    budget.take_text(text)?;
    Ok(Value::String(Arc::new(change(text))))
}

fn split(budget: &Budget, text: &str, by: &str) -> Result<Value, ExecutionError> {
    budget.take(1 + text.len() as u64)?;
    let part = |part: &str| Value::String(Arc::new(part.to_owned()));
    // An empty separator gives the characters.
    let parts: Vec<Value> = if by.is_empty() {
        text.chars().map(|c| part(c.encode_utf8(&mut [0; 4]))).collect()
    } else {
        text.split(by).map(part).collect()
    };
    Ok(Value::List(Arc::new(parts)))
}

fn join(budget: &Budget, list: &[Value], by: &str) -> Result<Value, ExecutionError> {
    let mut out = String::new();
    for (at, item) in list.iter().enumerate() {
        let Value::String(text) = item else {
            return Err(ExecutionError::function_error("join", "takes a list of strings"));
        };
        budget.take(1 + (text.len() + by.len()) as u64 / 16)?;
        if at > 0 {
            out.push_str(by);
        }
        out.push_str(text);
    }
    Ok(Value::String(Arc::new(out)))
}

fn matches(budget: &Budget, text: &str, pattern: &str) -> Result<bool, ExecutionError> {
    budget.take(COMPILE + (text.len() + pattern.len()) as u64)?;
    let regex = RegexBuilder::new(pattern).size_limit(MAX_REGEX_BYTES).build();
    let refuse = |_| ExecutionError::function_error("matches", "the pattern is no regular expression, or too large");
    Ok(regex.map_err(refuse)?.is_match(text))
}

fn matches_glob(budget: &Budget, text: &str, glob: &str) -> Result<bool, ExecutionError> {
    budget.take(COMPILE + (text.len() + glob.len()) as u64)?;
    let globs = Globs::new("glob", &[glob]).map_err(|error| ExecutionError::function_error("glob", error))?;
    Ok(globs.any(&[text], false))
}
