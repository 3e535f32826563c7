//! What a snapshot's `source.clusterSource` stands for, as far as the operator can tell. Pure.

use std::sync::Arc;

use crate::api::ClusterSchemaSource;

/// What the name in `source.clusterSource` stands for.
#[derive(Clone, Debug, Default)]
pub enum Named {
    /// The snapshot names none.
    #[default]
    Nothing,
    /// There is none of that name.
    Unknown,
    /// The operator may not read any.
    Unreadable,
    /// This one.
    There(Arc<ClusterSchemaSource>),
}

impl Named {
    pub(super) fn there(&self) -> Option<&ClusterSchemaSource> {
        match self {
            Self::There(source) => Some(source),
            Self::Nothing | Self::Unknown | Self::Unreadable => None,
        }
    }

    /// A text that is another one as soon as a snapshot that names it has to be looked at again.
    #[must_use]
    pub fn version(&self) -> String {
        match self {
            Self::Nothing => "nothing".to_owned(),
            Self::Unknown => "unknown".to_owned(),
            Self::Unreadable => "unreadable".to_owned(),
            Self::There(source) => {
                let metadata = &source.metadata;
                format!("{} {}", metadata.uid.as_deref().unwrap_or_default(), metadata.generation.unwrap_or_default())
            }
        }
    }
}
