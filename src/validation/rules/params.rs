//! The parameters of a rule as it uses them: compiled once, defaults filled in, anything the rule does not take refused.

use regex::{Regex, RegexBuilder};

use super::builtin::{Builtin, Given};
use crate::api::policy::Params;
use crate::schema::select::Globs;

/// Most memory a compiled pattern may take: a longer one is slow for everybody.
const MAX_REGEX_BYTES: usize = 1 << 20;

/// Parameters of one rule.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `max`.
    pub max: u64,
    /// `pattern`.
    pub pattern: Option<Regex>,
    /// `values`, in lower case.
    pub values: Vec<String>,
    /// `names`.
    pub names: Globs,
}

impl Settings {
    /// Compiles what the policy gives over what the rule takes.
    ///
    /// # Errors
    /// A sentence that says what to write instead.
    pub fn new(rule: &Builtin, given: Option<&Params>) -> Result<Self, String> {
        let none = Params::default();
        let given = given.unwrap_or(&none);
        refuse_others(rule, given)?;
        let mut out = Self::default();
        for param in rule.params {
            match param.default {
                Given::Max(default) => out.max = u64::try_from(given.max.unwrap_or(default)).unwrap_or(0),
                Given::Pattern(default) => {
                    out.pattern = Some(compile(given.pattern.as_deref().unwrap_or(default))?);
                }
                Given::Values(default) => {
                    let list =
                        if given.values.is_empty() { owned(default.unwrap_or_default()) } else { given.values.clone() };
                    if list.is_empty() {
                        return Err(format!("{} needs params.values: {}", rule.rule, param.meaning));
                    }
                    out.values = list.iter().map(|value| value.to_lowercase()).collect();
                }
                Given::Names(default) => {
                    let list = if given.names.is_empty() { owned(default) } else { given.names.clone() };
                    out.names = Globs::new("params.names", &list).map_err(|error| error.to_string())?;
                }
            }
        }
        Ok(out)
    }

    /// One of the globs in `names` matches, without case.
    #[must_use]
    pub fn names(&self, name: &str) -> bool {
        self.names.any(&[name], true)
    }

    /// `values` has it, without case.
    #[must_use]
    pub fn has_value(&self, value: &str) -> bool {
        let value = value.to_lowercase();
        self.values.contains(&value)
    }
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(|&text| text.to_owned()).collect()
}

/// A regular expression of bounded size.
///
/// # Errors
/// What is wrong with it.
fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).size_limit(MAX_REGEX_BYTES).build().map_err(|error| {
        let text = error.to_string();
        // The library draws a picture over several lines; its last one says what is wrong.
        let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        format!("params.pattern is no regular expression: {reason}")
    })
}

/// Names the parameters a rule takes when it is given another.
fn refuse_others(rule: &Builtin, given: &Params) -> Result<(), String> {
    let takes = |field: &str| rule.params.iter().any(|param| param.default.field() == field);
    let fields = [
        ("max", given.max.is_some()),
        ("pattern", given.pattern.is_some()),
        ("values", !given.values.is_empty()),
        ("names", !given.names.is_empty()),
    ];
    let Some((field, _)) = fields.iter().find(|(field, given)| *given && !takes(field)) else { return Ok(()) };
    let list: Vec<&str> = rule.params.iter().map(|param| param.default.field()).collect();
    let list = if list.is_empty() { "nothing".to_owned() } else { list.join(" and ") };
    Err(format!("{} takes no params.{field}; it takes {list}", rule.rule))
}

impl Given {
    /// The field of `params`.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Max(_) => "max",
            Self::Pattern(_) => "pattern",
            Self::Values(_) => "values",
            Self::Names(_) => "names",
        }
    }

    /// The default as a person writes it; empty when there is none.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::Max(number) => number.to_string(),
            Self::Pattern(text) => (*text).to_owned(),
            Self::Values(None) => String::new(),
            Self::Values(Some(list)) | Self::Names(list) => list.join(", "),
        }
    }
}
