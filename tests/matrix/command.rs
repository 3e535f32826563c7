//! `discover --url` from the command line against each server, with nothing else but a token file where one is asked for.

use std::process::Command;

use mcpschema_bed::{ServerKind, Workdir};

use crate::support::{Direct, a_few_at_once, difference, mariadb, read, server};

/// One small database is enough: what differs here is the way to the server.
const DATABASE: &str = "nasty_ref";

#[tokio::test(flavor = "multi_thread")]
async fn discover_finds_every_server_by_its_url_alone() {
    let (database, reader) = mariadb().await;
    let want = read(&Direct::new(database, reader), &[DATABASE]).await.unwrap();
    let folder = Workdir::new("token").unwrap();
    // Type tidb of the MCP Toolbox works with TiDB alone.
    let kinds = ServerKind::ALL.into_iter().filter(|kind| *kind != ServerKind::ToolboxTidb);
    let runs = kinds.map(async |kind| {
        let server = server(kind).await;
        let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator"));
        command.args(["discover", "--url", &server.url(), "--database", DATABASE, "--format", "json"]);
        if let Some(token) = server.token() {
            command.arg("--token-file").arg(folder.write(kind.as_str(), &format!("{token}\n")).unwrap());
        }
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stderr));
        let got = output.stdout.trim_ascii_end();
        assert!(got == want, "{kind}: {}", difference(got, &want));
    });
    a_few_at_once(runs).await;
}
