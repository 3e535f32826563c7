//! To whom a source belongs: the first thing that tells two connections apart.

/// Who brought a source in. Sources of two namespaces are never the same, however alike they look; one of the platform
/// team's is the same for all who may use it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The operator's flags.
    DefaultServer,
    /// The ClusterSchemaSource of this name.
    ClusterSource(String),
    /// A snapshot of this namespace.
    Namespace(String),
}
