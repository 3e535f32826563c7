//! Logging: one subscriber, text or JSON, on standard error. A leaf anyone may use; decides nothing else.

use std::io;
use std::str::FromStr;

use tracing_subscriber::EnvFilter;

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people at a terminal.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

impl FromStr for LogFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

/// Logging cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// RUST_LOG does not parse.
    #[error(
        "RUST_LOG is not a list of target=level directives ({0}); write for example info,mcp_schema_operator=debug"
    )]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// A subscriber is already there.
    #[error("logging is already set up in this process: {0}")]
    Taken(#[from] tracing_subscriber::util::TryInitError),
}

/// The filter in force. The Kubernetes client stays silent unless `RUST_LOG` names it: it logs whole response bodies,
/// and those can hold what nobody should read in a log. So do its watches, whose failures we log ourselves.
#[must_use]
pub fn directives(level: &str, rust_log: Option<&str>) -> String {
    let base = format!("{level},kube_client=off,kube_runtime::watcher=off,rmcp=off");
    match rust_log.map(str::trim) {
        Some(more) if !more.is_empty() => format!("{base},{more}"),
        _ => base,
    }
}

/// Sets up logging for the whole process. `rust_log` (the environment's RUST_LOG) comes after `level` and wins.
///
/// # Errors
/// RUST_LOG does not parse, or logging was set up before.
pub fn init(format: LogFormat, level: &str, rust_log: Option<&str>) -> Result<(), TelemetryError> {
    use tracing_subscriber::util::SubscriberInitExt;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(directives(level, rust_log))?)
        .with_writer(io::stderr)
        .with_ansi(io::IsTerminal::is_terminal(&io::stderr()));
    match format {
        LogFormat::Text => builder.finish().try_init()?,
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(true).finish().try_init()?,
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(level: &str, rust_log: Option<&str>) -> String {
        let sink = Sink::default();
        let writer = sink.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::try_new(directives(level, rust_log)).unwrap())
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(target: "kube_client::client", "body");
            tracing::warn!(target: "kube_runtime::watcher", "watching");
            tracing::info!(target: "mcp_schema_operator", "state");
            tracing::debug!(target: "mcp_schema_operator", "detail");
        });
        String::from_utf8(sink.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn the_kubernetes_client_is_silent_unless_it_is_named() {
        for (level, rust_log, want) in [
            ("info", None, vec!["state"]),
            ("debug", Some(""), vec!["state", "detail"]),
            ("warn", None, vec![]),
            ("info", Some("debug"), vec!["state", "detail"]),
            ("info", Some("mcp_schema_operator=warn"), vec![]),
            ("info", Some("kube_client=warn"), vec!["body", "state"]),
            ("info", Some("kube_runtime::watcher=warn"), vec!["watching", "state"]),
        ] {
            let text = logged(level, rust_log);
            let got: Vec<_> =
                ["body", "watching", "state", "detail"].into_iter().filter(|word| text.contains(word)).collect();
            assert_eq!(got, want, "{level} {rust_log:?}: {text}");
        }
    }

    #[test]
    fn a_broken_filter_says_what_to_write() {
        let error = TelemetryError::from(EnvFilter::try_new(directives("info", Some("a=b=c"))).unwrap_err());
        assert!(error.to_string().starts_with("RUST_LOG is not a list"), "{error}");
    }
}
