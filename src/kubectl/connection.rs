//! The way to the cluster: from a kubeconfig to a client, and one call with a deadline and an error that says what to do.

use std::time::Duration;

use http::header::{HeaderValue, USER_AGENT};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use super::cli::Options;
use crate::error::shorten;
use crate::store::{Failure, StoreError};

/// Deadline of one call to the API server.
const CALL_DEADLINE: Duration = Duration::from_secs(15);

/// A client and the namespace that is meant.
pub(super) async fn connect(options: &Options) -> Result<(Client, String), String> {
    let choice = KubeConfigOptions { context: options.context.clone(), ..KubeConfigOptions::default() };
    let config = match (&options.kubeconfig, &options.context) {
        (Some(path), _) => match Kubeconfig::read_from(path) {
            Ok(read) => Config::from_custom_kubeconfig(read, &choice).await.map_err(|error| chain(&error)),
            Err(error) => Err(chain(&error)),
        },
        (None, Some(_)) => Config::from_kubeconfig(&choice).await.map_err(|error| chain(&error)),
        (None, None) => Config::infer().await.map_err(|error| chain(&error)),
    };
    let mut config = config.map_err(|problem| {
        format!("no cluster: {problem}; set KUBECONFIG, or name a file with --kubeconfig and a context with --context")
    })?;
    // Its address may hold a password, so the message does not repeat it.
    if config.proxy_url.is_some() {
        return Err(
            "a proxy is set, by proxy-url of the kubeconfig or by HTTPS_PROXY, and this program cannot use one: \
            unset it, or run where the API server is reached directly"
                .to_owned(),
        );
    }
    config.default_retry = false;
    (config.connect_timeout, config.read_timeout) = (Some(CALL_DEADLINE), Some(CALL_DEADLINE));
    config.headers.push((USER_AGENT, HeaderValue::from_static(concat!("kubectl-schema/", env!("CARGO_PKG_VERSION")))));
    let namespace = options.namespace.clone().unwrap_or_else(|| config.default_namespace.clone());
    let client =
        Client::try_from(config).map_err(|error| format!("no connection to the cluster: {}", chain(&error)))?;
    Ok((client, namespace))
}

/// One call with a deadline, and an error that says what to do.
pub(super) async fn call<T>(what: &str, call: impl Future<Output = Result<T, kube::Error>>) -> Result<T, String> {
    let problem = match tokio::time::timeout(CALL_DEADLINE, call).await {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(kube::Error::Api(status))) => refused(status.code, &status.message),
        Ok(Err(error)) => format!("{}; is the cluster of this kubeconfig up, and the right one?", chain(&error)),
        Err(_) => format!("the API server did not answer within {} s; try again", CALL_DEADLINE.as_secs()),
    };
    Err(format!("{what}: {problem}"))
}

/// What an error answer of the API server means.
fn refused(code: u16, message: &str) -> String {
    let said = shorten(message, 256);
    match code {
        401 => "the cluster does not accept the credential of this kubeconfig: log in again".to_owned(),
        403 => format!("you may not: {said}"),
        404 if message.contains("could not find the requested resource") || message == "404 page not found" => {
            "the cluster knows no SchemaSnapshots: install the operator's chart first".to_owned()
        }
        _ => format!("the API server refuses it ({code}): {said}"),
    }
}

/// An error with what caused it.
fn chain(error: &dyn std::error::Error) -> String {
    let (mut out, mut next) = (error.to_string(), error.source());
    while let Some(cause) = next {
        let text = cause.to_string();
        if !out.contains(&text) {
            out.push_str(&format!(": {text}"));
        }
        next = cause.source();
    }
    shorten(&out, 512)
}

/// A failed read of what was published, in words for the one who asked; the store's own are for the operator.
pub(super) fn unread(error: &StoreError, namespace: &str) -> String {
    match (error, error.failure()) {
        (_, Some(Failure::Forbidden)) => format!("you may not get the ConfigMaps of namespace {namespace}"),
        (_, Some(Failure::Timeout)) => "the API server did not answer in time; try again".to_owned(),
        (StoreError::NewerFormat { name, .. }, _) => {
            format!("ConfigMap {name} was written by a newer version: use the plugin of the operator's version")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Verb;

    #[test]
    fn a_refusal_says_what_to_do() {
        for (code, message, want) in [
            (401, "Unauthorized", "log in again"),
            (403, "schemasnapshots is forbidden: User \"u\"", "you may not: schemasnapshots is forbidden"),
            (404, "the server could not find the requested resource", "install the operator's chart"),
            (404, "404 page not found", "install the operator's chart"),
            (404, "schemasnapshots.mcpschema.io \"x\" not found", "refuses it (404): schemasnapshots"),
            (500, "boom", "refuses it (500): boom"),
        ] {
            assert!(refused(code, message).contains(want), "{code} {message}: {}", refused(code, message));
        }
    }

    #[test]
    fn what_the_store_says_is_put_for_the_one_who_asks() {
        let failed = |kind| StoreError::Kube { verb: Verb::Get, name: "a".to_owned(), kind, problem: "p".to_owned() };
        let newer = StoreError::NewerFormat { name: "a".to_owned(), format: 9, model_version: 1 };
        for (error, want) in [
            (failed(Failure::Forbidden), "you may not get the ConfigMaps of namespace shop"),
            (failed(Failure::Timeout), "the API server did not answer in time; try again"),
            (failed(Failure::Failed), "get of ConfigMap a failed: p"),
            (newer, "ConfigMap a was written by a newer version: use the plugin of the operator's version"),
        ] {
            assert_eq!(unread(&error, "shop"), want);
        }
    }
}
