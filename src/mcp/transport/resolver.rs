//! Name resolution that gives no address a connection may not be made to. The connector asks for every new connection,
//! so a name that begins to point elsewhere gets nowhere either.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::mcp::guard::{Guard, Refused, refuse};

/// Resolves as the system does and keeps what the guard lets through.
pub(super) struct Guarded(pub(super) Arc<Guard>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let (mut kept, mut refused) = (Vec::new(), None);
            for address in found {
                match refuse(address.ip(), &guard) {
                    None => kept.push(address),
                    Some(why) => refused = refused.or(Some(why)),
                }
            }
            match (kept.is_empty(), refused) {
                (true, Some(why)) => Err(Refused(why).into()),
                _ => Ok(Box::new(kept.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::mcp::guard::Why;

    async fn localhost(allowed: &[&str]) -> Result<Vec<SocketAddr>, Refused> {
        let allowed = allowed.iter().map(|network| network.parse().unwrap()).collect();
        let resolver = Guarded(Arc::new(Guard { allowed, api_server: Vec::new() }));
        let found = resolver.resolve("localhost".parse().unwrap()).await;
        found.map(Iterator::collect).map_err(|error| *error.downcast::<Refused>().unwrap())
    }

    #[tokio::test]
    async fn what_a_name_leads_to_is_refused_or_what_is_left_of_it_is_given() {
        assert_eq!(localhost(&[]).await, Err(Refused(Why::Loopback)));
        let four = localhost(&["127.0.0.0/8"]).await.unwrap();
        assert!(!four.is_empty() && four.iter().all(SocketAddr::is_ipv4), "{four:?}");
    }
}
