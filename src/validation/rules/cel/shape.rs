//! What variables an expression has by its scope, and which fields they have: taken from a filled-in example of each, so
//! that it cannot differ from what an expression meets when it runs. Pure.

use std::collections::BTreeMap;

use serde_json::Value;

use super::examples::examples;
use crate::api::policy::Scope;

/// The fields of a value, as far as they are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Anything: an optional object, or the outcome of a computation.
    Any,
    /// A text, number or truth value: it has no fields.
    Scalar,
    /// A list of such values.
    List(Box<Shape>),
    /// A map with exactly these keys.
    Map(BTreeMap<String, Shape>),
}

impl Shape {
    /// The variables of a scope.
    #[must_use]
    pub fn variables(scope: Scope) -> BTreeMap<String, Self> {
        let known = examples(scope);
        known.iter().map(|(name, example)| ((*name).to_owned(), Self::of(example))).collect()
    }

    fn of(example: &Value) -> Self {
        match example {
            Value::Null => Self::Any,
            Value::Array(items) => Self::List(Box::new(items.first().map_or(Self::Any, Self::of))),
            Value::Object(map) => Self::Map(map.iter().map(|(key, value)| (key.clone(), Self::of(value))).collect()),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => Self::Scalar,
        }
    }
}
