//! Where the tools are: reads what `make tools` wrote, and looks nowhere else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::Context as _;
use crate::{BedError, Result};

/// Absolute paths of the programs the test bed runs.
#[derive(Clone, Debug)]
pub struct Tools {
    /// etcd, the API server's store.
    pub etcd: PathBuf,
    /// kube-apiserver.
    pub kube_apiserver: PathBuf,
    /// kube-controller-manager, for the garbage collector and the end of namespaces.
    pub kube_controller_manager: PathBuf,
    /// kubectl of a version that fits the API server.
    pub kubectl: PathBuf,
    /// helm 4.
    pub helm: PathBuf,
    /// The MariaDB server.
    pub mariadbd: PathBuf,
    /// `mariadb-install-db`, which makes a data directory.
    pub mariadb_install_db: PathBuf,
    /// The MariaDB command line client.
    pub mariadb: PathBuf,
    /// Python of the environment that holds pytidb.
    pub mcp_python: PathBuf,
    /// Node.js new enough for every server that wants it.
    pub mcp_node: PathBuf,
    /// dbhub's main script.
    pub mcp_dbhub: PathBuf,
    /// mcp-server-mysql's main script.
    pub mcp_benborla: PathBuf,
    /// The MCP Toolbox.
    pub mcp_toolbox: PathBuf,
    /// `package.json` of the folder that holds ajv and mermaid.
    pub judges: PathBuf,
    /// The CustomResourceDefinition of OpenReports.
    pub openreports_crd: PathBuf,
    /// tidb-server; absent is normal, no package registry carries it.
    pub tidb_server: Option<PathBuf>,
}

impl Tools {
    /// The tools found or made by `make tools`.
    ///
    /// # Errors
    /// When it has not run yet, or a tool is gone since.
    pub fn load() -> Result<Self> {
        let file = Self::folder()?.join("env");
        let text = std::fs::read_to_string(&file).context(|| {
            format!("run `make tools` first (the list of test tools, {}, cannot be read)", file.display())
        })?;
        Self::parse(&text)
    }

    /// The folder the tools are kept in: `${XDG_CACHE_HOME:-~/.cache}/mcp-schema-operator/tools`.
    ///
    /// # Errors
    /// When neither `XDG_CACHE_HOME` nor `HOME` is set.
    pub fn folder() -> Result<PathBuf> {
        let named = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = named("XDG_CACHE_HOME").or_else(|| named("HOME").map(|home| home.join(".cache")));
        let cache = cache.ok_or_else(|| BedError::new("set HOME: the test tools are kept under it"))?;
        Ok(cache.join("mcp-schema-operator/tools"))
    }

    fn parse(text: &str) -> Result<Self> {
        let paths: BTreeMap<&str, &Path> =
            text.lines().filter_map(|line| line.split_once('=')).map(|(name, path)| (name, Path::new(path))).collect();
        let tool = |name: &str| match paths.get(name) {
            Some(path) if path.is_file() => Ok(path.to_path_buf()),
            Some(path) => Err(BedError::new(format!("run `make tools` first ({} is gone)", path.display()))),
            None => Err(BedError::new(format!("run `make tools` first ({name} is not in its list)"))),
        };
        Ok(Self {
            etcd: tool("ETCD")?,
            kube_apiserver: tool("KUBE_APISERVER")?,
            kube_controller_manager: tool("KUBE_CONTROLLER_MANAGER")?,
            kubectl: tool("KUBECTL")?,
            helm: tool("HELM")?,
            mariadbd: tool("MARIADBD")?,
            mariadb_install_db: tool("MARIADB_INSTALL_DB")?,
            mariadb: tool("MARIADB")?,
            mcp_python: tool("MCP_PYTHON")?,
            mcp_node: tool("MCP_NODE")?,
            mcp_dbhub: tool("MCP_DBHUB")?,
            mcp_benborla: tool("MCP_BENBORLA")?,
            mcp_toolbox: tool("MCP_TOOLBOX")?,
            judges: tool("JUDGES")?,
            openreports_crd: tool("OPENREPORTS_CRD")?,
            tidb_server: paths.contains_key("TIDB_SERVER").then(|| tool("TIDB_SERVER")).transpose()?,
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_tool_that_is_not_listed_is_named_with_what_to_do() {
        let error = Tools::parse("").unwrap_err().to_string();
        assert_eq!(error, "run `make tools` first (ETCD is not in its list)");
    }

    #[test]
    fn a_tool_that_was_deleted_is_named_with_what_to_do() {
        let error = Tools::parse("ETCD=/nowhere/etcd\n").unwrap_err().to_string();
        assert_eq!(error, "run `make tools` first (/nowhere/etcd is gone)");
    }
}
