//! Settings that say which snapshots this operator serves. Pure.

use super::{ConfigError, Setting, refuse, setting};

/// Most namespaces in a list: each has watches of its own.
const MAX_NAMESPACES: usize = 100;
/// Longest selector, in bytes: it travels in every watch's URL.
const MAX_SELECTOR: usize = 1024;

pub(super) const NAMESPACES: Setting = setting(
    ["namespaces", "MCP_SCHEMA_NAMESPACES", "all", "LIST"],
    "all, own (the operator's namespace), or at most 100 namespace names with commas between them",
    "Namespaces whose snapshots are served",
);
pub(super) const INSTANCE: Setting = setting(
    ["instance", "MCP_SCHEMA_INSTANCE", "", "CLASS"],
    "lower-case letters, digits and dashes inside, at most 40 characters, or empty",
    "Class of this operator: it serves the snapshots whose label mcpschema.io/instance has this value; without a class, those without the label",
);
pub(super) const SELECTOR: Setting = setting(
    ["selector", "MCP_SCHEMA_SELECTOR", "", "SELECTOR"],
    "a label selector of at most 1024 bytes, as in team=shop,tier!=test or env in (prod, stage)",
    "Labels a snapshot must have to be served, beside its instance",
);

/// Which snapshots are served: those of these namespaces, of this class, with these labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Where.
    pub namespaces: Namespaces,
    /// Value of the label `mcpschema.io/instance`; empty: snapshots without that label.
    pub instance: String,
    /// Further label selector as the API server reads it; empty for any.
    pub selector: String,
}

/// Namespaces whose snapshots are served.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Namespaces {
    /// Every one.
    #[default]
    All,
    /// The operator's own.
    Own,
    /// These; sorted, each once, at least one.
    List(Vec<String>),
}

pub(super) fn resolve(raw: &dyn Fn(&Setting) -> String) -> Result<Scope, ConfigError> {
    let checked = |setting: &Setting, good: fn(&str) -> bool| {
        let text = raw(setting);
        if good(&text) { Ok(text) } else { Err(refuse(setting, &text)) }
    };
    let list = raw(&NAMESPACES);
    Ok(Scope {
        namespaces: namespaces(&list).ok_or_else(|| refuse(&NAMESPACES, &list))?,
        instance: checked(&INSTANCE, |text| text.is_empty() || (is_name(text) && text.len() <= 40))?,
        selector: checked(&SELECTOR, |text| text.is_empty() || (text.len() <= MAX_SELECTOR && is_selector(text)))?,
    })
}

fn namespaces(text: &str) -> Option<Namespaces> {
    match text {
        "all" => return Some(Namespaces::All),
        "own" => return Some(Namespaces::Own),
        _ => {}
    }
    let mut names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    names.sort();
    names.dedup();
    let words = names.iter().any(|name| matches!(name.as_str(), "all" | "own"));
    let good = !words && names.len() <= MAX_NAMESPACES && names.iter().all(|name| is_name(name));
    good.then_some(Namespaces::List(names))
}

/// A DNS label: what a namespace, and most objects, may be called.
pub(super) fn is_name(text: &str) -> bool {
    let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

/// What the API server takes as a label selector. It would refuse another with every watch, for ever.
fn is_selector(text: &str) -> bool {
    requirements(text).into_iter().all(|requirement| is_requirement(requirement.trim()))
}

/// Split at the commas that are not inside parentheses.
fn requirements(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn is_requirement(text: &str) -> bool {
    if let Some(key) = text.strip_prefix('!') {
        return is_key(key.trim());
    }
    for operator in ["!=", "==", "="] {
        if let Some((key, value)) = text.split_once(operator) {
            return is_key(key.trim()) && is_value(value.trim());
        }
    }
    let Some((key, rest)) = text.split_once(char::is_whitespace) else { return is_key(text) };
    let rest = rest.trim_start();
    let set = rest.strip_prefix("notin").or_else(|| rest.strip_prefix("in")).map(str::trim_start);
    let set = set.and_then(|set| set.strip_prefix('(')?.strip_suffix(')'));
    is_key(key) && set.is_some_and(|set| set.split(',').all(|value| is_value(value.trim())))
}

fn is_key(text: &str) -> bool {
    let (prefix, name) = text.split_once('/').map_or((None, text), |(prefix, name)| (Some(prefix), name));
    let domain = |text: &str| text.len() <= 253 && text.split('.').all(is_name);
    prefix.is_none_or(domain) && !name.is_empty() && is_value(name)
}

fn is_value(text: &str) -> bool {
    let edge = |c: Option<&u8>| c.is_none_or(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    let inner = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    bytes.len() <= 63 && bytes.iter().all(inner) && edge(bytes.first()) && edge(bytes.last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_are_all_of_them_the_own_one_or_a_list() {
        let list = |names: &[&str]| Some(Namespaces::List(names.iter().map(|name| (*name).to_owned()).collect()));
        let many = (0..101).map(|n| format!("n{n}")).collect::<Vec<_>>().join(",");
        for (text, want) in [
            ("all", Some(Namespaces::All)),
            ("own", Some(Namespaces::Own)),
            ("shop", list(&["shop"])),
            ("shop, billing,shop", list(&["billing", "shop"])),
            ("all,shop", None),
            ("own,shop", None),
            ("shop,", None),
            ("*", None),
            ("Shop", None),
            ("-a", None),
            ("", None),
            (many.as_str(), None),
        ] {
            assert_eq!(namespaces(text), want, "{text}");
        }
    }

    #[test]
    fn selectors_are_those_of_the_api_server() {
        for good in [
            "a=b",
            "a==b",
            "a!=b",
            "a",
            "!a",
            "a=",
            "a in (b)",
            "a in (b, c),d notin (e,f) , !g",
            "app.kubernetes.io/part-of=shop",
            "a in ()",
            "A_b.c-d=E",
        ] {
            assert!(is_selector(good), "{good}");
        }
        for bad in
            ["a b", "a in b", "a in (b", "=b", "!", "a=b c", "a=-b", "a/b/c=d", "a=b,,c=d", "a>1", "ä=b", "a in (b c)"]
        {
            assert!(!is_selector(bad), "{bad}");
        }
        assert!(!is_selector(&format!("a={}", "b".repeat(64))));
    }
}
