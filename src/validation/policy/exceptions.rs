//! Exceptions of a policy: objects that may break a rule until a day. Pure.

use k8s_openapi::jiff::Timestamp;

use super::input::Judged;
use crate::api::policy::Exception;
use crate::schema::select::Globs;
use crate::validation::Fault;

/// The exceptions of a policy, ready to be asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Exceptions(Vec<Compiled>);

#[derive(Clone, Debug)]
struct Compiled {
    rule: Globs,
    object: Globs,
    reason: String,
    expires: Timestamp,
}

/// The exception that covers a result.
pub(super) struct Waiver {
    /// It has not expired.
    pub counts: bool,
    /// Until when, and why.
    pub text: String,
}

impl Exceptions {
    pub(super) fn new(exceptions: &[Exception], faults: &mut Vec<Fault>) -> Self {
        let mut out = Vec::with_capacity(exceptions.len());
        for (at, exception) in exceptions.iter().enumerate() {
            let field = format!("spec.exceptions[{at}]");
            let Some(expires) = exception.expires.as_ref().filter(|_| !exception.reason.is_empty()) else {
                let text = "exceptions need reason and expires, as in reason: scratch tables, expires: \"2027-01-31T00:00:00Z\"";
                faults.push(Fault::new(field, text));
                continue;
            };
            let globs = (Globs::new("rule", &[&exception.rule]), Globs::new("object", &[&exception.object]));
            match globs {
                (Ok(rule), Ok(object)) => {
                    out.push(Compiled { rule, object, reason: exception.reason.clone(), expires: expires.0 });
                }
                (Err(error), _) | (_, Err(error)) => faults.push(Fault::new(field, error.to_string())),
            }
        }
        Self(out)
    }

    /// The exception that covers a result: one that counts, else one that did.
    pub(super) fn find(&self, judged: &Judged, now: Timestamp) -> Option<Waiver> {
        let (database, table) = (&judged.object.database, &judged.object.table);
        let names = [judged.object.path(), format!("{database}.{table}"), database.clone()];
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let rules: Vec<&str> = [Some(judged.rule.as_str()), judged.change.as_deref()].into_iter().flatten().collect();
        let covers = |e: &&Compiled| e.rule.any(&rules, true) && e.object.any(&names, true);
        let last = self.0.iter().filter(covers).max_by_key(|exception| exception.expires)?;
        let counts = now < last.expires;
        let text = if counts {
            format!("waived until {}: {}", last.expires, last.reason)
        } else {
            format!("the exception for it expired on {}: {}", last.expires, last.reason)
        };
        Some(Waiver { counts, text })
    }
}
