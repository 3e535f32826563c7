//! Every value a label may have, as enums: what is not here cannot become a series. The one name among them is that of a
//! ClusterSchemaSource.

use std::sync::Arc;

use crate::error::Reason;

macro_rules! label {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$item])* $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in the label.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

label! {
    /// Which controller.
    Controller {
        /// Of SchemaSnapshots.
        Snapshot = "snapshot",
        /// Of SchemaValidationPolicies.
        Policy = "policy",
    }
}

label! {
    /// How a reconcile ended.
    ReconcileResult {
        /// As it should.
        Success = "success",
        /// With a failure that is tried again.
        Transient = "transient",
        /// With a failure that waits for a person.
        Permanent = "permanent",
        /// It took longer than its deadline.
        Timeout = "timeout",
        /// It panicked.
        Panic = "panic",
        /// It was dropped before it ended, as at shutdown.
        Aborted = "aborted",
    }
}

/// Which MCP server, as far as a label may tell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The operator's own.
    Default,
    /// One that a snapshot's spec describes.
    Inline,
    /// A ClusterSchemaSource, by its name: there are as many as the platform team makes.
    Cluster(Arc<str>),
}

impl Source {
    /// The word in the label. Admission keeps a ClusterSchemaSource from having one of the other two for a name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Default => "default",
            Self::Inline => "inline",
            Self::Cluster(name) => name,
        }
    }
}

label! {
    /// How a discovery came to its result.
    DiscoveryKind {
        /// By comparing fingerprints.
        Fingerprint = "fingerprint",
        /// By reading the whole schema.
        Full = "full",
    }
}

label! {
    /// Which tier of the cache was asked.
    CacheTier {
        /// Memory of this process.
        Memory = "memory",
        /// The snapshot's own ConfigMaps.
        Durable = "durable",
    }
}

label! {
    /// What the cache answered.
    CacheResult {
        /// Fresh content.
        Hit = "hit",
        /// Nothing.
        Miss = "miss",
        /// Old content, because the server was away.
        StaleHit = "stale_hit",
        /// The result of a discovery somebody else had already asked for.
        Coalesced = "coalesced",
    }
}

label! {
    /// Whom a change breaks.
    ChangeClass {
        /// Readers and writers.
        BreakingBoth = "breaking_both",
        /// Readers alone.
        BreakingReaders = "breaking_readers",
        /// Writers alone.
        BreakingWriters = "breaking_writers",
        /// Nobody for certain.
        Risky = "risky",
        /// Nobody.
        Compatible = "compatible",
    }
}

label! {
    /// Why a database left the memory tier.
    Eviction {
        /// Nobody asked for it any more.
        Ttl = "ttl",
        /// Room was needed for another.
        Lru = "lru",
        /// It was read anew, or a refresh was asked for.
        Invalidated = "invalidated",
    }
}

label! {
    /// How a publication ended.
    PublishResult {
        /// ConfigMaps were created.
        Created = "created",
        /// ConfigMaps were changed.
        Updated = "updated",
        /// Nothing had to be written.
        Unchanged = "unchanged",
        /// It waits for approval.
        Held = "held",
        /// It does not fit.
        TooLarge = "too_large",
        /// A ConfigMap of that name belongs to somebody else.
        Conflict = "conflict",
        /// The Kubernetes API failed.
        Error = "error",
    }
}

label! {
    /// Why a policy was evaluated.
    ValidationKind {
        /// To report on what is published.
        Audit = "audit",
        /// To decide whether something may be published.
        Enforce = "enforce",
    }
}

label! {
    /// What was found of a row.
    RowResult {
        /// Nothing is wrong with it.
        Valid = "valid",
        /// Something is.
        Invalid = "invalid",
    }
}

/// How a call or a discovery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// As it should.
    Success,
    /// With that reason.
    Failed(Reason),
    /// It was dropped before it ended.
    Cancelled,
}

impl Outcome {
    /// The word in the label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed(reason) => reason.as_str(),
            Self::Cancelled => "cancelled",
        }
    }
}
