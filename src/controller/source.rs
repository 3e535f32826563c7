//! Turns a spec into what `mcp` and `discovery` understand: endpoint, identity and globs, and a list of the Secrets and
//! ConfigMaps it names. Says no to what the snapshot's namespace may not use. Pure; who reads the objects is
//! `credentials`, and what is in them is put to use by `references`.

use std::sync::Arc;

use crate::api::SchemaSnapshot;
use crate::api::source::Server;
use crate::cache::{Identity, Owner};
use crate::config::RunConfig;
use crate::config::network::host_of;
use crate::controller::outcome::Failure;
use crate::error::Reason;
use crate::mcp::Endpoint;
use crate::mcp::guard::{self, Guard};
use crate::metrics::labels::Source;
use crate::schema::canonical::sha256_hex;
use crate::schema::select::{GlobError, Globs, Selection};

pub mod access;
mod endpoint;
mod named;
mod pace;
pub mod references;

use self::access::{Access, Grant};
use self::endpoint::endpoint;
pub use self::named::Named;
pub use self::pace::{default_interval, interval, max_staleness, retry_delay};
use self::pace::{impatient, patient};
use self::references::Wanted;

/// Everything a look needs to know of a spec, before the objects it names are read.
#[derive(Clone, Debug)]
pub struct Target {
    /// Whose connection it is; [`Target::with`] adds the versions of what was read.
    pub identity: Identity,
    /// Where and how; [`Target::with`] adds credentials and certificates.
    pub endpoint: Endpoint,
    /// What is wanted of the databases, and may be had.
    pub selection: Selection,
    /// The metric label.
    pub label: Source,
    /// The keys of Secrets, ConfigMaps and files that have to be read first.
    pub wanted: Vec<Wanted>,
    /// The namespace of those Secrets and ConfigMaps.
    pub secret_namespace: String,
    /// Of which databases rows may be read, not only the schema.
    pub rows: Rows,
}

/// Of which databases rows may be read.
#[derive(Clone, Debug)]
pub enum Rows {
    /// Of every one: the source is the namespace's own.
    Any,
    /// Of these.
    Of(Globs),
}

impl Rows {
    /// Whether rows of this database may be read. `fold`: names compare without case.
    #[must_use]
    pub fn of(&self, database: &str, fold: bool) -> bool {
        match self {
            Self::Any => true,
            Self::Of(globs) => globs.matches(database, fold),
        }
    }
}

/// Checks what the flags say of hosts and of access, which is put to use much later.
///
/// # Errors
/// A text that is no glob, with the flag it stands in.
pub fn check(config: &RunConfig) -> Result<(), GlobError> {
    Globs::new("--allowed-hosts", &config.network.allowed_hosts)?;
    Access::of_default_server(&config.default_server.access).map(drop)
}

/// The metric label of a snapshot's source.
#[must_use]
pub fn label(snapshot: &SchemaSnapshot) -> Source {
    match (snapshot.spec.source_url(), snapshot.spec.cluster_source()) {
        (Some(_), _) => Source::Inline,
        (None, Some(name)) => Source::Cluster(name.into()),
        (None, None) => Source::Default,
    }
}

/// The target of a snapshot; `named` is what its `source.clusterSource` stands for.
///
/// # Errors
/// `InvalidSpec` when the URL, a glob or another field is not one (admission refuses most of these already), or when the
/// namespace may not use the source; `AddressRefused` when the URL points where it may not.
pub fn target(
    snapshot: &SchemaSnapshot,
    namespace: &str,
    config: &RunConfig,
    named: &Named,
) -> Result<Target, Failure> {
    let spec = snapshot.spec.source.clone().unwrap_or_default();
    let selection = snapshot.spec.selection().map_err(|e| invalid(e.to_string()))?;
    let asking = Asking { label: label(snapshot), selection, namespace, config };
    match (&spec.server.url, &spec.cluster_source) {
        (Some(_), Some(_)) => Err(invalid("set source.url or source.clusterSource, not both")),
        (Some(url), None) => asking.inline(url, &spec.server),
        (None, Some(name)) => asking.cluster(name, &spec.server, named),
        (None, None) => asking.default_server(&spec.server),
    }
}

/// Who asks, and for what.
struct Asking<'a> {
    label: Source,
    selection: Selection,
    namespace: &'a str,
    config: &'a RunConfig,
}

impl Asking<'_> {
    /// A server of the namespace's own: its business, as long as it lies where such servers may.
    fn inline(self, url: &str, server: &Server) -> Result<Target, Failure> {
        let guard = admitted(url, self.config)?;
        let endpoint = Endpoint { guard: Some(Arc::new(guard)), ..endpoint(url, server, self.config)? };
        let wanted = references::wanted(server)?;
        let (owner, secrets) = (Owner::Namespace(self.namespace.to_owned()), self.namespace.to_owned());
        self.target(owner, endpoint, server, (wanted, secrets), None)
    }

    /// A server of the platform team's, as far as it lets this namespace.
    fn cluster(self, name: &str, patience: &Server, named: &Named) -> Result<Target, Failure> {
        let source = match named {
            Named::There(source) => source,
            Named::Unreadable => {
                return Err(invalid(
                    "source.clusterSource cannot be used: the operator may not list and watch ClusterSchemaSources, or their definition is not installed; install its chart with rbac.clusterSources=true, or name the server by source.url",
                ));
            }
            Named::Nothing | Named::Unknown => {
                return Err(invalid(format!(
                    "there is no ClusterSchemaSource {name:?}: create it, or correct source.clusterSource"
                )));
            }
        };
        let here = |failure: Failure| {
            let text = failure.message.strip_prefix("source.").unwrap_or(&failure.message);
            Failure::new(failure.reason, format!("ClusterSchemaSource {name:?}: {text}"))
        };
        let access = Access::of_cluster_source(&source.spec.access).map_err(|e| here(invalid(e.to_string())))?;
        let Some(grant) = access.of(self.namespace) else {
            return Err(invalid(format!(
                "ClusterSchemaSource {name:?} does not allow namespace {}: have it added to its access, or use another source",
                self.namespace
            )));
        };
        let server = patient(source.spec.server.clone(), patience);
        let url = server.url.clone().unwrap_or_default();
        let endpoint = endpoint(&url, &server, self.config).map_err(here)?;
        let mut wanted = references::wanted(&server).map_err(here)?;
        for one in &mut wanted {
            let field = one.field.strip_prefix("source.").unwrap_or(&one.field);
            one.field = format!("ClusterSchemaSource {name:?}: {field}");
        }
        let secrets = source.spec.secret_namespace.clone().unwrap_or_default();
        if secrets.is_empty() && !wanted.is_empty() {
            return Err(here(invalid(
                "secretNamespace is missing: it is the namespace of the Secrets and ConfigMaps named",
            )));
        }
        let allowed = (format!("ClusterSchemaSource {name:?}"), grant);
        self.target(Owner::ClusterSource(name.to_owned()), endpoint, &server, (wanted, secrets), Some(allowed))
    }

    /// The operator's own server, as far as its flags let this namespace.
    fn default_server(self, patience: &Server) -> Result<Target, Failure> {
        let default = &self.config.default_server;
        let access = Access::of_default_server(&default.access).map_err(|e| invalid(e.to_string()))?;
        let Some(grant) = access.of(self.namespace) else {
            return Err(invalid(format!(
                "the operator's default server does not allow namespace {}: have it added to --default-source-access, or set source",
                self.namespace
            )));
        };
        let server = patient(Server::default(), patience);
        let endpoint = endpoint(self.config.server_url.as_str(), &server, self.config)?;
        let wanted = references::of_files(default);
        let allowed = ("the operator's default server".to_owned(), grant);
        self.target(Owner::DefaultServer, endpoint, &server, (wanted, String::new()), Some(allowed))
    }

    fn target(
        self,
        owner: Owner,
        endpoint: Endpoint,
        server: &Server,
        (wanted, secret_namespace): (Vec<Wanted>, String),
        allowed: Option<(String, Grant)>,
    ) -> Result<Target, Failure> {
        let asked = serde_json::to_vec(&impatient(server)).map_err(|e| invalid(format!("source: {e}")))?;
        let asked = sha256_hex(&[&asked, secret_namespace.as_bytes()]);
        let identity = Identity { owner, url: endpoint.url.to_string(), asked, versions: String::new() };
        let (selection, rows) = match allowed {
            None => (self.selection, Rows::Any),
            Some((who, grant)) => {
                let selection = self.selection.within(grant.databases);
                if selection.is_void() {
                    return Err(invalid(format!(
                        "{who} allows namespace {} none of the databases that databases.include names: have them added to its access, or name others",
                        self.namespace
                    )));
                }
                (selection, Rows::Of(grant.rows))
            }
        };
        Ok(Target { identity, endpoint, selection, label: self.label, wanted, secret_namespace, rows })
    }
}

/// Judges where a snapshot's own URL points, as far as that can be told without resolving a name. What is left to judge
/// is the guard's.
fn admitted(url: &str, config: &RunConfig) -> Result<Guard, Failure> {
    let network = &config.network;
    let url = Endpoint::new(url).map_err(|e| invalid(e.to_string()))?.url;
    let host = host_of(&url).unwrap_or_default();
    let refused = |text: String| Err(Failure::new(Reason::AddressRefused, text));
    let hosts = Globs::new("--allowed-hosts", &network.allowed_hosts).map_err(|e| invalid(e.to_string()))?;
    if !hosts.matches(&host, true) {
        return refused(format!(
            "source.url names the host {host}, which the operator's --allowed-hosts does not: have it added there, or use a ClusterSchemaSource"
        ));
    }
    let guard = Guard { allowed: network.allowed_addresses.clone(), api_server: network.api_server.clone() };
    match guard::refuse_url(&url, &guard) {
        None => Ok(guard),
        Some(why) => refused(format!(
            "source.url points at {host}, {why}: use another host, have the operator's --allowed-addresses name it, or use a ClusterSchemaSource"
        )),
    }
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(Reason::InvalidSpec, message)
}

#[cfg(test)]
mod tests;
