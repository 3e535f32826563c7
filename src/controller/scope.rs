//! Which objects the watches ask for: the namespaces and label selectors of this operator's scope. Pure.

use k8s_openapi::NamespaceResourceScope;
use kube::{Api, Client, Resource};
use serde::de::DeserializeOwned;

use crate::api::labels;
use crate::config::scope::{Namespaces, Scope};

/// The scope in the words of the API server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchScope {
    /// Namespaces to watch; `None` for all of them in one watch.
    pub namespaces: Option<Vec<String>>,
    /// Label selector of the snapshots.
    pub snapshots: String,
    /// Label selector of the policies.
    pub policies: String,
    /// Label selector of our ConfigMaps.
    pub config_maps: String,
}

impl WatchScope {
    /// `own` is the operator's own namespace.
    #[must_use]
    pub fn new(scope: &Scope, own: &str) -> Self {
        let namespaces = match &scope.namespaces {
            Namespaces::All => None,
            Namespaces::Own => Some(vec![own.to_owned()]),
            Namespaces::List(names) => Some(names.clone()),
        };
        let class = match scope.instance.as_str() {
            "" => format!("!{}", labels::INSTANCE),
            class => format!("{}={class}", labels::INSTANCE),
        };
        let managed = format!("{}={}", labels::MANAGED_BY, labels::MANAGED_BY_US);
        let both = |first: &str| if first.is_empty() { class.clone() } else { format!("{first},{class}") };
        Self { namespaces, snapshots: both(&scope.selector), config_maps: both(&managed), policies: class }
    }

    /// One API for each watch that is needed, with the namespace it is of (empty for all).
    pub fn apis<K>(&self, client: &Client) -> Vec<(String, Api<K>)>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + DeserializeOwned + Clone + std::fmt::Debug,
    {
        match &self.namespaces {
            None => vec![(String::new(), Api::all(client.clone()))],
            Some(names) => names.iter().map(|name| (name.clone(), Api::namespaced(client.clone(), name))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_takes_what_carries_it_and_no_class_what_carries_none() {
        let list = Namespaces::List(vec!["a".into(), "b".into()]);
        for (namespaces, instance, selector, want, snapshots) in [
            (Namespaces::All, "", "", None, "!mcpschema.io/instance"),
            (Namespaces::Own, "red", "", Some(vec!["home"]), "mcpschema.io/instance=red"),
            (list, "red", "a=b", Some(vec!["a", "b"]), "a=b,mcpschema.io/instance=red"),
        ] {
            let scope = Scope { namespaces, instance: instance.into(), selector: selector.into() };
            let watch = WatchScope::new(&scope, "home");
            let names: Option<Vec<&str>> = watch.namespaces.as_ref().map(|n| n.iter().map(String::as_str).collect());
            assert_eq!((names, watch.snapshots.as_str()), (want, snapshots));
            let ours = "app.kubernetes.io/managed-by=mcp-schema-operator,";
            assert!(watch.config_maps.strip_prefix(ours).is_some_and(|rest| snapshots.ends_with(rest)));
        }
    }
}
