//! From the flags of a command to an endpoint. Reads the files they name, once; what is in them is never printed.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use url::Url;

use crate::cli::connect::{ConnectArgs, DialectArg, TransportArg};
use crate::config::network::is_this_machine;
use crate::mcp::{Custom, Dialect, Endpoint, Secret, Tls, Transport, pem};

/// Most bytes of a token.
const MAX_TOKEN: u64 = 8 * 1024;
/// Most bytes of a bundle of authorities.
const MAX_BUNDLE: u64 = 512 * 1024;

/// The endpoint, and what a person should be told on standard error.
///
/// # Errors
/// One sentence with the flag that cannot be used and what to do.
pub fn endpoint(url: &Url, args: &ConnectArgs) -> Result<(Endpoint, Option<String>), String> {
    let (token, warning) = match &args.token_file {
        Some(file) => token(url, file, args.allow_insecure_auth)?,
        None => (None, None),
    };
    let endpoint = Endpoint {
        transport: transport(args.transport),
        dialect: dialect(args.dialect),
        custom: custom(args)?,
        token,
        tls: Tls { ca_pem: args.ca_file.as_deref().map(authorities).transpose()?, ..Tls::default() },
        connect_timeout: args.connection_timeout,
        request_timeout: args.request_timeout,
        max_retries: args.max_retries,
        ..Endpoint::new(url.as_str()).map_err(|error| error.to_string())?
    };
    Ok((endpoint, warning))
}

const fn transport(choice: TransportArg) -> Option<Transport> {
    match choice {
        TransportArg::Auto => None,
        TransportArg::StreamableHttp => Some(Transport::StreamableHttp),
        TransportArg::Sse => Some(Transport::Sse),
        TransportArg::RestTools => Some(Transport::RestTools),
    }
}

const fn dialect(choice: DialectArg) -> Option<Dialect> {
    match choice {
        DialectArg::Auto => None,
        DialectArg::Pytidb => Some(Dialect::Pytidb),
        DialectArg::Dbhub => Some(Dialect::Dbhub),
        DialectArg::Toolbox => Some(Dialect::Toolbox),
        DialectArg::Benborla => Some(Dialect::Benborla),
        DialectArg::RestTools => Some(Dialect::RestTools),
        DialectArg::Custom => Some(Dialect::Custom),
    }
}

fn custom(args: &ConnectArgs) -> Result<Option<Custom>, String> {
    match (args.dialect, &args.custom_tool, &args.custom_argument) {
        (DialectArg::Custom, Some(tool), Some(argument)) => Ok(Some(Custom {
            tool: tool.clone(),
            sql_argument: argument.clone(),
            extra_arguments: serde_json::Map::new(),
            rows_pointer: args.custom_rows_pointer.clone().unwrap_or_default(),
        })),
        (DialectArg::Custom, ..) => Err("--dialect custom needs --custom-tool and --custom-argument".to_owned()),
        (_, None, None) => Ok(None),
        _ => Err("--custom-tool, --custom-argument and --custom-rows-pointer go with --dialect custom".to_owned()),
    }
}

/// The token, and a warning when others on this machine can read it.
fn token(url: &Url, path: &Path, allowed: bool) -> Result<(Option<Secret>, Option<String>), String> {
    let fail = |problem: &str| format!("--token-file {}: {problem}", path.display());
    if !(allowed || url.scheme() == "https" || is_this_machine(url)) {
        return Err(fail(
            "a token is sent over https only; use an https URL, or --allow-insecure-auth to send it in clear text",
        ));
    }
    let bytes = read(path, MAX_TOKEN).map_err(|problem| fail(&problem))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| fail("is not text (UTF-8)"))?.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(fail("has to hold the token alone, without spaces, further lines and the word Bearer"));
    }
    let warning = everybody_reads(path).then(|| fail("can be read by everybody on this machine: chmod 600 it"));
    Ok((Some(Secret::new(text.to_owned())), warning))
}

fn authorities(path: &Path) -> Result<Vec<u8>, String> {
    let fail = |problem: &str| format!("--ca-file {}: {problem}", path.display());
    let bundle = read(path, MAX_BUNDLE).map_err(|problem| fail(&problem))?;
    pem::check_certificates(&bundle).map_err(|problem| fail(&problem.to_string()))?;
    Ok(bundle)
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > most { Err(format!("has more than {most} bytes")) } else { Ok(bytes) }
}

fn everybody_reads(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    // A pipe or /dev/stdin is nobody's file.
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o004 != 0)
}

/// What is sent to this machine itself meets nobody on the way.
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use clap::{Args as _, FromArgMatches as _};

    use super::*;
    use crate::cli::DiscoverArgs;

    fn made(flags: &[&str]) -> Result<(Endpoint, Option<String>), String> {
        let command = DiscoverArgs::augment_args(clap::Command::new("discover").no_binary_name(true));
        let args = DiscoverArgs::from_arg_matches(&command.try_get_matches_from(flags).unwrap()).unwrap();
        endpoint(args.url.as_ref().unwrap(), &args.connect)
    }

    fn file(text: &[u8], mode: u32) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        file
    }

    #[test]
    fn a_token_goes_over_https_to_this_machine_or_where_it_is_allowed_to() {
        let file = file(b"hunter2\n", 0o600);
        let path = file.path().to_str().unwrap();
        for (url, flag, good) in [
            ("https://mcp.test/mcp", None, true),
            ("http://127.0.0.2:8000/mcp", None, true),
            ("http://[::1]:8000/mcp", None, true),
            ("http://localhost:8000/mcp", None, true),
            ("http://mcp.test/mcp", None, false),
            ("http://localhost.evil.test/mcp", None, false),
            ("http://10.0.0.1/mcp", None, false),
            ("http://10.0.0.1/mcp", Some("--allow-insecure-auth"), true),
        ] {
            let mut flags = vec!["--url", url, "--token-file", path];
            flags.extend(flag);
            match made(&flags) {
                Ok((endpoint, warning)) => {
                    assert!(good, "{url}");
                    assert_eq!((endpoint.token.unwrap().reveal(), warning), ("hunter2", None));
                }
                Err(text) => assert!(!good && text.contains("--allow-insecure-auth"), "{url}: {text}"),
            }
        }
    }

    #[test]
    fn a_file_that_cannot_be_used_is_refused_without_showing_what_is_in_it() {
        let whole = "hunter2".repeat(2000);
        for (text, want) in [
            (&b""[..], "the token alone"),
            (b"Bearer hunter2", "the word Bearer"),
            (b"hunter2\nhunter2", "further lines"),
            (b"hunter2\xff", "not text"),
            (whole.as_bytes(), "more than 8192 bytes"),
        ] {
            let file = file(text, 0o600);
            let path = file.path().to_str().unwrap();
            let text = made(&["--url", "https://h/mcp", "--token-file", path]).unwrap_err();
            assert!(text.contains(want) && text.contains(path) && !text.contains("hunter2"), "{text}");
            let text = made(&["--url", "https://h/mcp", "--ca-file", path]).unwrap_err();
            assert!(text.contains("--ca-file") && text.contains("certificate") && !text.contains("hunter2"), "{text}");
        }
        let text = made(&["--url", "https://h/mcp", "--token-file", "/nowhere/token"]).unwrap_err();
        assert!(text.contains("/nowhere/token: No such file"), "{text}");
    }

    #[test]
    fn a_token_that_everybody_can_read_is_used_with_a_warning() {
        let file = file(b"hunter2", 0o644);
        let (endpoint, warning) =
            made(&["--url", "https://h/mcp", "--token-file", file.path().to_str().unwrap()]).unwrap();
        assert!(endpoint.token.is_some() && warning.unwrap().ends_with("everybody on this machine: chmod 600 it"));
    }

    #[test]
    fn transport_and_dialect_are_written_as_in_the_spec_or_as_flags_are() {
        for (transport, dialect) in [("rest-tools", "rest-tools"), ("RestTools", "RestTools")] {
            let (endpoint, _) = made(&["--url", "http://h", "--transport", transport, "--dialect", dialect]).unwrap();
            assert_eq!((endpoint.transport, endpoint.dialect), (Some(Transport::RestTools), Some(Dialect::RestTools)));
        }
        let (endpoint, _) = made(&["--url", "http://h"]).unwrap();
        assert_eq!((endpoint.transport, endpoint.dialect, endpoint.custom), (None, None, None));
        let tool = ["--custom-tool", "t", "--custom-argument", "sql", "--custom-rows-pointer", "/rows"];
        let url = ["--url", "http://h"];
        let (endpoint, _) = made(&[&url[..], &["--dialect", "custom"], &tool].concat()).unwrap();
        assert_eq!(endpoint.custom.unwrap().rows_pointer, "/rows");
        assert!(made(&[&url[..], &tool].concat()).unwrap_err().contains("go with --dialect custom"));
    }
}
