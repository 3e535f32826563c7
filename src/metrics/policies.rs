//! Gauges about single policies, computed when scraped from whatever objects there are: a deleted one needs no clean-up.

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{Error, GaugeVec};

use super::definitions::{POLICY_CONDITION, VALIDATION_RESULTS};

/// What the gauges tell of one policy.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyFacts {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Condition types of ours with True, False or, as `None`, Unknown.
    pub conditions: Vec<(&'static str, Option<bool>)>,
    /// Results of the last evaluation by their word, as in fail; none before the first.
    pub results: Vec<(&'static str, u32)>,
}

/// Asks for the facts at each scrape.
pub(super) struct PolicyCollector<F> {
    facts: F,
    descriptions: Vec<Desc>,
}

impl<F: Fn() -> Vec<PolicyFacts> + Send + Sync> PolicyCollector<F> {
    pub(super) fn new(facts: F) -> Result<Self, Error> {
        let descriptions = gauges()?.iter().flat_map(|gauge| gauge.desc()).cloned().collect();
        Ok(Self { facts, descriptions })
    }
}

impl<F: Fn() -> Vec<PolicyFacts> + Send + Sync> Collector for PolicyCollector<F> {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // The same definitions were built once in `new`, so this cannot fail; no series is better than a panic.
        let Ok([conditions, results]) = gauges() else { return Vec::new() };
        for facts in (self.facts)() {
            let (namespace, name) = (facts.namespace.as_str(), facts.name.as_str());
            for (condition, status) in facts.conditions {
                let value = status.map_or(-1.0, |yes| f64::from(u8::from(yes)));
                conditions.with_label_values(&[namespace, name, condition]).set(value);
            }
            for (result, count) in facts.results {
                results.with_label_values(&[namespace, name, result]).set(f64::from(count));
            }
        }
        [conditions, results].iter().flat_map(GaugeVec::collect).filter(|f| !f.get_metric().is_empty()).collect()
    }
}

fn gauges() -> Result<[GaugeVec; 2], Error> {
    let gauge = |d: &super::definitions::Definition| GaugeVec::new(d.opts(), d.labels);
    Ok([gauge(&POLICY_CONDITION)?, gauge(&VALIDATION_RESULTS)?])
}
