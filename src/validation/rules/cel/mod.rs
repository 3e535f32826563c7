//! Rules of one's own: CEL expressions that are true where all is well. Compiled when the policy is read, so that a typo
//! is refused with its place and the word that was meant; run with a budget of steps, so that none runs away. Pure.
//!
//! The parser and the interpreter recurse, and what they recurse over comes from users: `limits` bounds the depth before
//! parsing, and both run on a thread with a stack made for that depth ([`on_big_stack`]).

mod examples;
mod functions;
mod limits;
mod names;
pub mod shape;
pub mod view;

use std::sync::Arc;

use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::parser::{Expression, Parser};
use cel::{Context, Env, Value};

use crate::api::policy::Scope;
use functions::Budget;
use shape::Shape;

/// Longest expression, in bytes.
pub const MAX_TEXT: usize = 4096;

/// Stack of the thread that parses and runs expressions: ten times what the deepest one allowed needs in a debug build.
const STACK: usize = 64 << 20;

/// An expression ready to run.
#[derive(Clone, Debug)]
pub struct Compiled {
    expression: Arc<Expression>,
    scope: Scope,
}

/// The values of an expression's variables.
#[derive(Default)]
pub struct Variables<'v>(Vec<(&'static str, &'v (dyn Val + 'static))>);

impl<'v> Variables<'v> {
    /// One variable more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &'v (dyn Val + 'static)) -> Self {
        self.0.push((name, value));
        self
    }
}

impl VariableResolver for Variables<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let found = self.0.iter().find(|(name, _)| *name == variable)?;
        Some(CowVal::Borrowed(found.1))
    }
}

impl Compiled {
    /// Parses an expression and checks that it knows what it names. Call it within [`on_big_stack`].
    ///
    /// # Errors
    /// A sentence with line and column that says what to write instead.
    pub fn new(text: &str, scope: Scope) -> Result<Self, String> {
        if text.len() > MAX_TEXT {
            return Err(format!("has {} bytes; at most {MAX_TEXT} are allowed", text.len()));
        }
        limits::check_depth(text)?;
        let (mut expression, source) = Parser::new().parse_with_source_info(text).map_err(|errors| syntax(&errors))?;
        names::check(&expression, &Shape::variables(scope), &|id| {
            source.offset_for(id).map(|(at, _)| place(text, at))
        })?;
        limits::check_nesting(&expression)?;
        limits::meter(&mut expression);
        Ok(Self { expression: Arc::new(expression), scope })
    }

    /// What it is asked about.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        self.scope
    }

    /// Runs it. Call it within [`on_big_stack`].
    ///
    /// # Errors
    /// It broke (a value of another type, a missing key), gave no truth value, or took too many steps: never a pass.
    pub fn run(&self, env: &Arc<Env>, variables: &Variables<'_>) -> Result<bool, String> {
        let budget = Budget::new();
        let mut context = Context::with_env(Arc::clone(env));
        functions::register(&mut context, &budget).map_err(|error| error.to_string())?;
        context.set_variable_resolver(variables);
        let answer = Value::resolve(&self.expression, &context);
        if budget.is_spent() {
            return Err(format!("takes more than {} steps on this object", functions::MAX_STEPS));
        }
        match answer {
            Ok(Value::Bool(good)) => Ok(good),
            Ok(other) => Err(format!("gives a {} instead of true or false", other.type_of())),
            Err(error) => Err(broken(&error)),
        }
    }
}

/// What went wrong while an expression ran.
fn broken(error: &cel::ExecutionError) -> String {
    match error {
        // Where an optional object is null, as the default of most columns is.
        cel::ExecutionError::NoSuchOverload(overload)
            if overload.function() == "_._" && overload.argument_types().first().is_some_and(|t| t == "null_type") =>
        {
            "a field is taken from a value that is null here; test it first, as in x != null && x.value == ''"
                .to_owned()
        }
        error => crate::error::shorten(&error.to_string(), 200),
    }
}

/// The functions CEL itself brings; made once and shared.
#[must_use]
pub fn environment() -> Arc<Env> {
    Arc::new(Env::stdlib())
}

/// Runs `work` on a thread whose stack holds the deepest expression allowed.
///
/// # Errors
/// The thread could not start, or what ran on it panicked.
pub fn on_big_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("rules".to_owned()).stack_size(STACK).spawn_scoped(scope, work);
        let thread = thread.map_err(|error| format!("no thread for expressions: {error}"))?;
        thread.join().map_err(|_| "the interpreter of expressions failed".to_owned())
    })
}

/// The first thing the parser complains about, in one line.
fn syntax(errors: &cel::ParseErrors) -> String {
    let Some(error) = errors.errors.first() else { return "is no CEL expression".to_owned() };
    let reason = crate::error::shorten(error.msg.lines().next().unwrap_or_default(), 160);
    let (line, column) = error.pos;
    format!("line {}, column {}: {reason}", line.max(1), column.max(0) + 1)
}

/// Line and column, counted in characters from 1, of an offset in bytes.
fn place(text: &str, offset: u32) -> String {
    let mut offset = usize::try_from(offset).unwrap_or(usize::MAX).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = text.split_at(offset).0;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}")
}

#[cfg(test)]
mod tests;
