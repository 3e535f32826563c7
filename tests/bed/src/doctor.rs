//! `bed doctor`: what is there and what to do about what is not. Starts nothing.

use mcpschema_bed::Tools;

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
        ("python of the MCP server", &tools.mcp_python),
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
