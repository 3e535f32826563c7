//! Counts requests to the Kubernetes API: a tower layer for the client, over a pure reading of method, path and status.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Method, Request, Response, Uri};
use tower::{Layer, Service};

use super::Metrics;

/// Resources that have a series of their own; the names the API uses.
const RESOURCES: [&str; 6] =
    ["schemasnapshots", "schemasnapshots/status", "configmaps", "events", "leases", "customresourcedefinitions"];

/// Status codes that have a series of their own; all others are told by their class.
const CODES: [(u16, &str); 14] = [
    (200, "200"),
    (201, "201"),
    (400, "400"),
    (401, "401"),
    (403, "403"),
    (404, "404"),
    (409, "409"),
    (410, "410"),
    (422, "422"),
    (429, "429"),
    (500, "500"),
    (502, "502"),
    (503, "503"),
    (504, "504"),
];

/// Puts the counting around the Kubernetes client: `ClientBuilder::try_from(config)?.with_layer(&layer)`.
#[derive(Clone, Debug)]
pub struct KubeLayer(Metrics);

/// What [`KubeLayer`] makes of a service.
#[derive(Clone, Debug)]
pub struct KubeService<S> {
    inner: S,
    metrics: Metrics,
}

impl Metrics {
    /// A layer that counts every request of the client it is put on.
    #[must_use]
    pub fn kube_layer(&self) -> KubeLayer {
        KubeLayer(self.clone())
    }

    /// One request ended; `status` is `None` when no answer came.
    pub fn kube_requested(&self, method: &Method, uri: &Uri, status: Option<u16>) {
        let (verb, resource) = classify(method, uri);
        self.0.kube_requests.with_label_values(&[verb, resource, code(status)]).inc();
    }
}

impl<S> Layer<S> for KubeLayer {
    type Service = KubeService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        KubeService { inner, metrics: self.0.clone() }
    }
}

impl<S, B, C> Service<Request<B>> for KubeService<S>
where
    S: Service<Request<B>, Response = Response<C>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let metrics = self.metrics.clone();
        let answer = self.inner.call(request);
        Box::pin(async move {
            let answer = answer.await;
            metrics.kube_requested(&method, &uri, answer.as_ref().ok().map(|a| a.status().as_u16()));
            answer
        })
    }
}

/// Verb and resource of a request, in the words of RBAC rules.
fn classify(method: &Method, uri: &Uri) -> (&'static str, &'static str) {
    let parts: Vec<&str> = uri.path().split('/').filter(|part| !part.is_empty()).collect();
    let rest = match parts.as_slice() {
        ["api", _, rest @ ..] | ["apis", _, _, rest @ ..] => rest,
        _ => &[],
    };
    let (resource, named, subresource) = match rest {
        ["namespaces", _, resource, rest @ ..] | [resource, rest @ ..] => (*resource, !rest.is_empty(), rest.get(1)),
        [] => ("", false, None),
    };
    let full = subresource.map_or_else(|| resource.to_owned(), |sub| format!("{resource}/{sub}"));
    let known = RESOURCES.into_iter().find(|known| *known == full).unwrap_or("other");
    let watch = uri.query().is_some_and(|query| query.split('&').any(|pair| matches!(pair, "watch=true" | "watch=1")));
    let verb = match method.as_str() {
        "GET" if watch => "watch",
        "GET" if named => "get",
        "GET" => "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => "other",
    };
    (verb, known)
}

fn code(status: Option<u16>) -> &'static str {
    let Some(status) = status else { return "none" };
    let exact = CODES.iter().find(|(known, _)| *known == status).map(|(_, word)| *word);
    exact.unwrap_or(match status {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_in_the_words_of_rbac() {
        for (method, uri, verb, resource) in [
            ("GET", "/apis/mcpschema.io/v1alpha1/schemasnapshots?limit=500", "list", "schemasnapshots"),
            (
                "GET",
                "/apis/mcpschema.io/v1alpha1/schemasnapshots?watch=true&timeoutSeconds=290",
                "watch",
                "schemasnapshots",
            ),
            ("GET", "/apis/mcpschema.io/v1alpha1/namespaces/shop/schemasnapshots", "list", "schemasnapshots"),
            ("GET", "/apis/mcpschema.io/v1alpha1/namespaces/shop/schemasnapshots/a", "get", "schemasnapshots"),
            (
                "PATCH",
                "/apis/mcpschema.io/v1alpha1/namespaces/shop/schemasnapshots/a/status?&force=true",
                "patch",
                "schemasnapshots/status",
            ),
            ("PATCH", "/api/v1/namespaces/shop/configmaps/a", "patch", "configmaps"),
            ("DELETE", "/api/v1/namespaces/shop/configmaps/a", "delete", "configmaps"),
            ("POST", "/apis/events.k8s.io/v1/namespaces/shop/events", "create", "events"),
            ("PUT", "/apis/coordination.k8s.io/v1/namespaces/o/leases/a", "update", "leases"),
            ("GET", "/api/v1/namespaces/shop", "get", "other"),
            ("GET", "/api/v1/namespaces/shop/secrets/a", "get", "other"),
            ("GET", "/version", "list", "other"),
            ("OPTIONS", "/", "other", "other"),
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            assert_eq!(classify(&method, &uri.parse().unwrap()), (verb, resource), "{method} {uri}");
        }
    }

    #[test]
    fn codes_are_bounded() {
        for (status, want) in
            [(None, "none"), (Some(200), "200"), (Some(206), "2xx"), (Some(418), "4xx"), (Some(599), "5xx")]
        {
            assert_eq!(code(status), want);
        }
    }

    #[tokio::test]
    async fn the_layer_counts_answers_and_missing_answers() {
        let metrics = Metrics::new().unwrap();
        let answering = |status: Option<u16>| {
            tower::service_fn(move |_: Request<()>| async move {
                status.map(|s| Response::builder().status(s).body(()).unwrap()).ok_or("connection reset")
            })
        };
        for status in [Some(200), Some(409), None] {
            let mut service = metrics.kube_layer().layer(answering(status));
            let request = Request::get("/api/v1/namespaces/shop/configmaps/a").body(()).unwrap();
            assert_eq!(service.call(request).await.is_ok(), status.is_some());
        }
        let (text, _) = metrics.render().unwrap();
        for code in ["200", "409", "none"] {
            let line =
                format!("mcp_schema_kube_requests_total{{code=\"{code}\",resource=\"configmaps\",verb=\"get\"}} 1");
            assert!(text.contains(&line), "{line} in {text}");
        }
    }
}
