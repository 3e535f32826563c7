//! An operator process is started, watched and ended as its tests will need it. The operator here is a script of a few
//! lines, so that this says something about the bed alone.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mcpschema_bed::{OperatorProcess, Tools};
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_secs(30);

/// Answers every path but /nope, prints its environment on /metrics and ends with 0 on SIGTERM.
const GOOD: &str = r#"
import http.server, os, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = (os.environ["RUST_LOG"] + " " + os.environ["EXTRA"] + " " + " ".join(sys.argv[1:])).encode()
        self.send_response(404 if self.path == "/nope" else 200)
        self.end_headers()
        self.wfile.write(body)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
host, port = sys.argv[sys.argv.index("--http-bind") + 1].split(":")
http.server.HTTPServer((host, int(port)), Handler).serve_forever()
"#;

/// Says why and ends at once.
const BAD: &str = "import sys\nprint('MCP_CACHE_TTL=soon is no duration')\nsys.exit(2)\n";

fn script(folder: &TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("operator");
    fs::write(&path, format!("#!{}\n{text}", Tools::load().unwrap().mcp_python.display())).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[tokio::test]
async fn an_operator_becomes_ready_shows_metrics_and_ends_on_sigterm() {
    let folder = TempDir::new().unwrap();
    let binary = script(&folder, GOOD);
    let operator = OperatorProcess::start(&binary, Path::new("/k"), &["--flag"], &[("EXTRA", "given")]).await.unwrap();
    let metrics = operator.metrics().await.unwrap();
    assert!(metrics.starts_with("info,kube_client=off given run --http-bind 127.0.0.1:"), "{metrics}");
    assert!(metrics.ends_with(" --flag"), "{metrics}");
    assert_eq!(operator.get("/nope").await.unwrap().0, 404);
    assert_eq!(operator.terminate(DEADLINE).await.unwrap(), Some(0));
    assert!(operator.get("/readyz").await.is_err());
}

#[tokio::test]
async fn an_operator_that_is_killed_has_no_exit_code() {
    let folder = TempDir::new().unwrap();
    let binary = script(&folder, GOOD);
    let operator = OperatorProcess::start(&binary, Path::new("/k"), &[], &[("EXTRA", "")]).await.unwrap();
    operator.kill();
    assert_eq!(operator.wait(DEADLINE).await.unwrap(), None);
}

#[tokio::test]
async fn an_operator_that_ends_instead_of_becoming_ready_shows_its_log() {
    let folder = TempDir::new().unwrap();
    let binary = script(&folder, BAD);
    let error = OperatorProcess::start(&binary, Path::new("/k"), &[], &[]).await.unwrap_err().to_string();
    assert!(error.contains("MCP_CACHE_TTL=soon is no duration"), "{error}");
    assert!(error.contains("ended instead (exit status: 2)"), "{error}");
    let refused = OperatorProcess::spawn(&binary, Path::new("/k"), &[], &[]).unwrap();
    assert_eq!(refused.wait(DEADLINE).await.unwrap(), Some(2));
}
