//! `bed doctor`: what is there and what to do about what is not. `bed engines`: which engines tests run on. Starts nothing.

use mcpschema_bed::{BedError, Engine, Result, Tools, engines as found};

/// Prints the report; 0 when a bed can be started, else 1.
pub(crate) fn doctor() -> u8 {
    let tools = match Tools::load() {
        Ok(tools) => tools,
        Err(error) => {
            println!("no   {error}");
            return 1;
        }
    };
    let listed = [
        ("etcd", &tools.etcd),
        ("kube-apiserver", &tools.kube_apiserver),
        ("kube-controller-manager", &tools.kube_controller_manager),
        ("kubectl", &tools.kubectl),
        ("helm", &tools.helm),
        ("mariadbd", &tools.mariadbd),
        ("mariadb-install-db", &tools.mariadb_install_db),
        ("mariadb", &tools.mariadb),
        ("python of pytidb", &tools.mcp_python),
        ("node of dbhub and mcp-server-mysql", &tools.mcp_node),
        ("dbhub", &tools.mcp_dbhub),
        ("mcp-server-mysql", &tools.mcp_benborla),
        ("MCP Toolbox", &tools.mcp_toolbox),
        ("ajv and mermaid", &tools.judges),
        ("CRD of OpenReports", &tools.openreports_crd),
    ];
    for (name, path) in listed {
        println!("yes  {name}: {}", path.display());
    }
    println!("yes  engine mariadb");
    match &tools.tidb_server {
        Some(path) => println!("yes  engine tidb: {}", path.display()),
        None => println!(
            "no   engine tidb: normal, tests use recorded answers; set TIDB_SERVER=/path/to/tidb-server and run `make tools`"
        ),
    }
    0
}

/// Prints the line that ends a test run. With BED_REQUIRE_TIDB set, a missing TiDB is an error.
pub(crate) fn engines() -> Result<u8> {
    let tidb = found()?.contains(&Engine::TiDb);
    if !tidb && std::env::var_os("BED_REQUIRE_TIDB").is_some() {
        return Err(BedError::new(
            "there is no tidb-server: no package registry carries one; install it (as with tiup), set \
             TIDB_SERVER=/path/to/tidb-server and try again",
        ));
    }
    let how = if tidb {
        "live, and replayed from recordings of 8.4.0"
    } else {
        "replayed from recordings of 8.4.0 (no tidb-server here)"
    };
    println!("engines: MariaDB live, and replayed from recordings of 10.11; TiDB {how}");
    Ok(0)
}
