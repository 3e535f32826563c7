//! Settings of the default server beside its URL: the files its credential is in, and who may use it. Pure.

use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use super::network::is_this_machine;
use super::{ConfigError, SWITCH, Setting, refuse, setting};

/// Most entries of the list, and most globs in one of them; the same as in a ClusterSchemaSource.
const MAX_ITEMS: usize = 100;

pub(super) const TOKEN_FILE: Setting = setting(
    ["token-file", "MCP_TOKEN_FILE", "", "FILE"],
    "a file, with --server-url over https or on this machine, or with --allow-insecure-auth",
    "File with the bearer token of the default server, alone on one line; read at every look",
);
pub(super) const CA_FILE: Setting = setting(
    ["ca-file", "MCP_CA_FILE", "", "FILE"],
    "a file, with --server-url over https",
    "File with PEM certificates of the only authorities to trust for the default server; read at every look",
);
pub(super) const INSECURE: Setting = setting(
    ["allow-insecure-auth", "MCP_ALLOW_INSECURE_AUTH", "false", SWITCH],
    "true or false",
    "Send the token of --token-file over http too, where everybody on the way can read it",
);
// Everybody, as long as nobody says otherwise: whoever runs the operator without the chart sets up one server for all
// snapshots, and the server's account is what limits them. The chart says the same, where a platform team can see it.
pub(super) const ACCESS: Setting = setting(
    [
        "default-source-access",
        "MCP_SCHEMA_DEFAULT_SOURCE_ACCESS",
        r#"[{"namespaces":["*"],"databases":["*"]}]"#,
        "JSON",
    ],
    r#"a JSON list like the access of a ClusterSchemaSource, as in [{"namespaces":["shop"],"databases":["shop*"],"rows":false}]; [] for nobody"#,
    "Which namespaces may use the default server, for which databases, and whether their policies may read rows",
);

/// The default server beside its URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DefaultServer {
    /// File with its bearer token.
    pub token_file: Option<PathBuf>,
    /// File with the authorities to trust.
    pub ca_file: Option<PathBuf>,
    /// Who may use it; empty for nobody.
    pub access: Vec<AccessRule>,
}

/// What some namespaces may read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessRule {
    /// Names or globs of namespaces.
    pub namespaces: Vec<String>,
    /// Names or globs of databases.
    pub databases: Vec<String>,
    /// Policies may read rows, not only the schema.
    #[serde(default)]
    pub rows: bool,
}

pub(super) fn resolve(raw: &dyn Fn(&Setting) -> String, server: &Url) -> Result<DefaultServer, ConfigError> {
    let file = |setting: &Setting, allowed: bool| match raw(setting) {
        path if path.is_empty() => Ok(None),
        path if allowed => Ok(Some(PathBuf::from(path))),
        path => Err(refuse(setting, &path)),
    };
    let https = server.scheme() == "https";
    let insecure: bool = raw(&INSECURE).parse().map_err(|_| refuse(&INSECURE, &raw(&INSECURE)))?;
    let access = raw(&ACCESS);
    Ok(DefaultServer {
        token_file: file(&TOKEN_FILE, https || insecure || is_this_machine(server))?,
        ca_file: file(&CA_FILE, https)?,
        access: rules(&access).ok_or_else(|| refuse(&ACCESS, &access))?,
    })
}

fn rules(text: &str) -> Option<Vec<AccessRule>> {
    let rules: Vec<AccessRule> = serde_json::from_str(text).ok()?;
    let bounded = |globs: &[String]| {
        (1..=MAX_ITEMS).contains(&globs.len()) && globs.iter().all(|glob| (1..=256).contains(&glob.len()))
    };
    let good = |rule: &AccessRule| bounded(&rule.namespaces) && bounded(&rule.databases);
    (rules.len() <= MAX_ITEMS && rules.iter().all(good)).then_some(rules)
}

/// The default server's URL.
pub(super) fn url(text: &str) -> Result<Url, ConfigError> {
    if text.contains('@') {
        return Err(ConfigError {
            value: "a URL with user info, not shown here".to_owned(),
            ..refuse(&super::SERVER_URL, "")
        });
    }
    let good = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host() && url.fragment().is_none();
    Url::parse(text).ok().filter(good).ok_or_else(|| refuse(&super::SERVER_URL, text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_a_list_within_its_bounds_or_none(text in r#"(\[|\]|\{|\}|"|,|:|namespaces|databases|rows|true|\*){0,40}|.*"#) {
            if let Some(list) = rules(&text) {
                prop_assert!(list.iter().all(|rule| !rule.namespaces.is_empty() && !rule.databases.is_empty()));
            }
        }
    }

    #[test]
    fn access_is_a_list_in_the_shape_of_a_cluster_source() {
        let many = format!("[{}]", vec![r#"{"namespaces":["a"],"databases":["b"]}"#; 101].join(","));
        for (text, want) in [
            ("[]", Some(0)),
            (ACCESS.default, Some(1)),
            (r#"[{"namespaces":["a"],"databases":["b"],"rows":true}]"#, Some(1)),
            (r#"[{"namespaces":[],"databases":["b"]}]"#, None),
            (r#"[{"namespaces":["a"],"databases":[]}]"#, None),
            (r#"[{"namespaces":["a"]}]"#, None),
            (r#"[{"namespaces":["a"],"databases":[""]}]"#, None),
            (r#"[{"namespaces":["a"],"databases":["b"],"row":true}]"#, None),
            (r#"{"namespaces":["a"],"databases":["b"]}"#, None),
            (many.as_str(), None),
            ("*", None),
            ("null", None),
            ("", None),
        ] {
            assert_eq!(rules(text).map(|rules| rules.len()), want, "{text}");
        }
        let rule = rules(r#"[{"namespaces":["a"],"databases":["b"]}]"#).and_then(|mut rules| rules.pop());
        assert!(rule.is_some_and(|rule| !rule.rows), "rows are not read unless it is said");
    }
}
