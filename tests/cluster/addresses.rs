//! Where a namespace's own url may lead.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcpschema_bed::wait_for;
use tokio::net::TcpListener;

use crate::faults::live;
use crate::release::{Release, SHORT_LEASE};
use crate::server::{Fault, Mode, Server, Speaks, When};
use crate::support::{Case, SOON};
use crate::tenancy::refused;

/// Somewhere nobody should arrive.
async fn trap() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, arrived) = (listener.local_addr().unwrap(), Arc::<AtomicUsize>::default());
    let counting = Arc::clone(&arrived);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counting.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, arrived)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_url_does_not_lead_where_it_may_not_by_address_name_redirect_or_disguise() {
    let case = Case::new("walled").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let (address, arrived) = trap().await;
    let port = address.port();
    let server = Server::start_at(SocketAddr::from(([127, 0, 0, 2], 0)), live(&case)).await;
    let release = Release::install(&case, "walled", &[&case.namespace]);
    let hosts = "--allowed-hosts=127.*,localhost,::*,169.254.*,tidb.test";
    let mut args = vec![hosts, "--allowed-addresses=127.0.0.2"];
    args.extend(SHORT_LEASE);
    let replica = release.replica("a", &args).await;
    replica.leads(true).await;
    for (name, url, says) in [
        ("by-address", format!("http://127.0.0.1:{port}/mcp"), "a loopback address"),
        ("by-number", format!("http://2130706433:{port}/mcp"), "a loopback address"),
        ("by-disguise", format!("http://[::ffff:127.0.0.1]:{port}/mcp"), "a loopback address"),
        ("by-name", format!("http://localhost:{port}/mcp"), "a loopback address"),
        ("metadata", "http://169.254.169.254/latest".to_owned(), "the cloud's metadata service"),
        (
            "foreign",
            "http://mcp.example.test/mcp".to_owned(),
            "the host mcp.example.test, which the operator's --allowed-hosts",
        ),
    ] {
        release.snapshot(name, &url).await;
        let status = refused(&case.snapshots(), name, "AddressRefused", says).await;
        let reachable = find(&status.conditions, ConditionType::SourceReachable).unwrap();
        assert_eq!((reachable.status.as_str(), reachable.reason.as_str()), ("False", "AddressRefused"), "{name}");
        assert!(
            reachable.message.contains("--allowed-") && reachable.message.contains("ClusterSchemaSource"),
            "{name}"
        );
    }
    assert!(case.events("by-address").await.contains(&"AddressRefused".to_owned()));

    // A server that is allowed works, and cannot send the operator on.
    server.speak(Speaks::Rest);
    release.snapshot("allowed", &server.base()).await;
    let published = async || {
        let status = case.snapshots().get("allowed").await.unwrap().status.unwrap_or_default();
        status.revision.ok_or("no revision")
    };
    wait_for("the allowed one", SOON, published).await.unwrap_or_else(|e| panic!("{e}\n{}", replica.log()));
    server.set(Mode::Broken(Fault::Redirect(format!("http://127.0.0.1:{port}/mcp")), When::Always));
    release.snapshot("by-redirect", &format!("{}/other", server.base())).await;
    refused(&case.snapshots(), "by-redirect", "AddressRefused", "a loopback address").await;
    assert_eq!(arrived.load(Ordering::SeqCst), 0, "no connection was made");
}
