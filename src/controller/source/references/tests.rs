//! From what was read to an endpoint, and what is said of content that cannot be used.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;
use crate::api::SchemaSnapshot;
use crate::config::{RunArgs, RunConfig};
use crate::controller::source::{Named, target};

fn of(mut source: Value) -> Target {
    source["url"] = json!("https://mcp.db.svc/mcp");
    let spec = json!({"source": source, "databases": {"include": ["shop"]}});
    let config = RunConfig::resolve(&RunArgs::default(), []).unwrap();
    target(&SchemaSnapshot::new("orders", serde_json::from_value(spec).unwrap()), "shop", &config, &Named::Nothing)
        .unwrap()
}

fn objects(kind: Kind, name: &str, version: &str, data: &[(&str, &[u8])]) -> Objects {
    let data = data.iter().map(|(key, value)| ((*key).to_owned(), value.to_vec())).collect();
    let object = Object { uid: "u".to_owned(), resource_version: version.to_owned(), data };
    [(Reference { kind, name: name.to_owned() }, object)].into()
}

fn token() -> Target {
    of(json!({"auth": {"bearerTokenSecretRef": {"name": "mcp", "key": "token"}}}))
}

fn header() -> Target {
    of(
        json!({"headers": [{"name": "X-A", "value": "plain"}, {"name": "X-Key", "valueFromSecretRef": {"name": "mcp", "key": "token"}}]}),
    )
}

fn pair() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["mcp.test".to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

#[test]
fn a_token_and_a_header_are_taken_without_the_line_break_of_an_editor() {
    let (_, endpoint) = token().with(&objects(Kind::Secret, "mcp", "1", &[("token", b"hunter2\r\n")])).unwrap();
    assert_eq!(endpoint.token.unwrap().reveal(), "hunter2");
    let (_, endpoint) = header().with(&objects(Kind::Secret, "mcp", "1", &[("token", b"a b\n")])).unwrap();
    let told: Vec<_> = endpoint.headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes(), v.is_sensitive())).collect();
    assert_eq!(told, [("x-a", &b"plain"[..], false), ("x-key", b"a b", true)]);
}

#[test]
fn another_version_of_a_secret_is_another_connection_of_the_same_source() {
    let identity = |version: &str| token().with(&objects(Kind::Secret, "mcp", version, &[("token", b"x")])).unwrap().0;
    assert_eq!(identity("1"), identity("1"));
    assert_ne!(identity("1"), identity("2"));
    assert_eq!(identity("1").asked, identity("2").asked);
}

#[test]
fn content_that_cannot_be_used_is_told_by_field_object_and_key_and_never_shown() {
    let long = vec![b'a'; MAX_TEXT + 1];
    let cases: [(Target, &[(&str, &[u8])], &str); 10] = [
        (token(), &[], "is not there"),
        (token(), &[("other", b"hunter2")], "is not there"),
        (token(), &[("token", b"")], "is empty"),
        (token(), &[("token", b" \n")], "is empty"),
        (token(), &[("token", b"hunter2 \xff")], "is not text"),
        (token(), &[("token", b"Bearer hunter2")], "without spaces, line breaks and the word Bearer"),
        (token(), &[("token", b"hunter2\nX: y")], "without spaces, line breaks"),
        (token(), &[("token", &long)], "has 8193 bytes, 8192 is the most"),
        (header(), &[("token", b"hunter2\r\nX: y")], "is no header value"),
        (header(), &[("token", b"\n")], "is empty"),
    ];
    for (target, data, want) in cases {
        let failure = target.with(&objects(Kind::Secret, "mcp", "1", data)).unwrap_err();
        assert_eq!(failure.reason, Reason::CredentialsUnavailable);
        let field = &target.wanted[0].field;
        let start = format!("{field}: key \"token\" of Secret \"mcp\" ");
        let message = failure.message;
        assert!(message.starts_with(&start) && message.contains(want), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn authorities_come_from_a_config_map_or_a_secret() {
    let (ca, _) = pair();
    for (kind, word) in [(Kind::ConfigMap, "ConfigMap"), (Kind::Secret, "Secret")] {
        let target = of(json!({"tls": {"caBundleRef": {"kind": word, "name": "ca", "key": "ca.crt"}}}));
        let (_, endpoint) = target.with(&objects(kind, "ca", "1", &[("ca.crt", ca.as_bytes())])).unwrap();
        assert_eq!(endpoint.tls.ca_pem.as_deref(), Some(ca.as_bytes()));
        let message = target.with(&objects(kind, "ca", "1", &[("ca.crt", b"no")])).unwrap_err().message;
        let want = format!("source.tls.caBundleRef: key \"ca.crt\" of {word} \"ca\" holds no whole PEM certificate");
        assert!(message.starts_with(&want), "{message}");
    }
}

#[test]
fn a_client_certificate_needs_its_own_key() {
    let target = of(json!({"tls": {"clientCertSecretRef": {"name": "mtls"}}}));
    let ((cert, key), (_, other)) = (pair(), pair());
    let with = |data: &[(&str, &[u8])]| target.with(&objects(Kind::Secret, "mtls", "1", data));
    let (_, endpoint) = with(&[("tls.crt", cert.as_bytes()), ("tls.key", key.as_bytes())]).unwrap();
    let identity = endpoint.tls.identity_pem.unwrap();
    assert!(identity.reveal().contains(cert.trim()) && identity.reveal().contains(key.trim()));
    for (data, want) in [
        (&[("tls.key", key.as_bytes())][..], "key \"tls.crt\" of Secret \"mtls\" is not there"),
        (&[("tls.crt", cert.as_bytes())], "key \"tls.key\" of Secret \"mtls\" is not there"),
        (&[("tls.crt", cert.as_bytes()), ("tls.key", other.as_bytes())], "is not the private key of the certificate"),
        (
            &[("tls.crt", key.as_bytes()), ("tls.key", key.as_bytes())],
            "key \"tls.crt\" of Secret \"mtls\" holds no whole",
        ),
    ] {
        let message = with(data).unwrap_err().message;
        assert!(message.contains(want) && !message.contains("-----BEGIN PRIVATE"), "{message}");
    }
}
