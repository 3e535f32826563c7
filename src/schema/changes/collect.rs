//! Takes changes as they are found: completes each from its kind, asks the rules, counts it, and keeps the worst. However
//! many there are, memory stays bounded and the counts exact.

use super::change::{Affected, Change, Class, Impact, MESSAGE, RenameOf, Seed, Severity};
use super::ignore::{Ignore, Ruling, rule};
use super::kinds::ChangeKind;
use super::report::{Changes, LISTED};
use crate::error::shorten;
use crate::schema::summary::printable;
use crate::schema::verdict::Verdict;

/// Where a change is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) database: &'a str,
    pub(super) table: Option<&'a str>,
}

impl Place<'_> {
    /// `db`, `db.table` or `db.table.element`.
    pub(super) fn object(self, element: &str) -> String {
        let parts = [Some(self.database), self.table, Some(element)];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
    }
}

/// A change as it is found: what differs from what its kind says by itself.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    kind: ChangeKind,
    element: String,
    from: Option<String>,
    to: Option<String>,
    identity: Option<(String, String)>,
    readers: Verdict,
    writers: Verdict,
    seed_severity: Severity,
    message: Option<String>,
    affected: Vec<Affected>,
    rename_of: Option<RenameOf>,
}

impl Draft {
    pub(super) fn new(kind: ChangeKind, element: &str) -> Self {
        let meaning = kind.meaning();
        Self {
            kind,
            element: element.to_owned(),
            from: None,
            to: None,
            identity: None,
            readers: meaning.readers,
            writers: meaning.writers,
            seed_severity: meaning.seed_severity,
            message: None,
            affected: Vec::new(),
            rename_of: None,
        }
    }

    pub(super) fn from(mut self, text: impl Into<String>) -> Self {
        self.from = Some(text.into());
        self
    }

    pub(super) fn to(mut self, text: impl Into<String>) -> Self {
        self.to = Some(text.into());
        self
    }

    /// What the id is made of where from and to do not say all there is.
    pub(super) fn identity(mut self, from: String, to: String) -> Self {
        self.identity = Some((from, to));
        self
    }

    pub(super) const fn readers(mut self, verdict: Verdict) -> Self {
        self.readers = verdict;
        self
    }

    pub(super) const fn writers(mut self, verdict: Verdict) -> Self {
        self.writers = verdict;
        self
    }

    pub(super) const fn seed_severity(mut self, severity: Severity) -> Self {
        self.seed_severity = severity;
        self
    }

    pub(super) fn says(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    pub(super) fn affects(mut self, affected: impl IntoIterator<Item = Affected>) -> Self {
        self.affected.extend(affected);
        self
    }

    pub(super) fn renames(mut self, rename_of: RenameOf) -> Self {
        self.rename_of = Some(rename_of);
        self
    }

    fn finish(self, place: Place<'_>) -> Change {
        let Self { kind, element, from, to, identity, readers, writers, seed_severity, .. } = self;
        let (table, class) = (place.table.map(str::to_owned), Class::of(readers, writers));
        let ids = match &identity {
            Some((from, to)) => (Some(from.as_str()), Some(to.as_str())),
            None => (from.as_deref(), to.as_deref()),
        };
        let id = Change::id(kind, [place.database, place.table.unwrap_or_default(), &element], ids.0, ids.1);
        let severity = if kind == ChangeKind::PrimaryKeyDropped { Severity::Critical } else { class.severity() };
        let message = self.message.unwrap_or_else(|| said(from.as_deref(), to.as_deref()));
        let suggestion = Some(kind.advice()).filter(|advice| !advice.is_empty() && class != Class::Compatible);
        let cut = |text: String| shorten(&text, MESSAGE);
        Change {
            id,
            kind,
            database: place.database.to_owned(),
            table,
            element,
            from: from.map(cut),
            to: to.map(cut),
            readers,
            writers,
            class,
            severity,
            seed: Seed { change_type: kind.meaning().seed_type.to_owned(), severity: seed_severity },
            message: shorten(&printable(&message), MESSAGE),
            impact: Impact::of(self.affected),
            suggestions: suggestion.map(str::to_owned).into_iter().collect(),
            rename_of: self.rename_of,
            ignored: None,
        }
    }
}

/// Two texts in one sentence, each cut so that both are seen.
pub(super) fn said(from: Option<&str>, to: Option<&str>) -> String {
    let half = |text: &str| shorten(if text.is_empty() { "(empty)" } else { text }, MESSAGE / 2 - 2);
    match (from, to) {
        (Some(from), Some(to)) => format!("{} -> {}", half(from), half(to)),
        (Some(from), None) => format!("{} removed", half(from)),
        (None, Some(to)) => format!("{} added", half(to)),
        (None, None) => "changed".to_owned(),
    }
}

/// The changes found so far.
#[derive(Debug)]
pub(super) struct Collector<'a> {
    rules: &'a [Ignore],
    fold: bool,
    changes: Changes,
    seen: usize,
}

impl<'a> Collector<'a> {
    pub(super) fn new(rules: &'a [Ignore], fold: bool) -> Self {
        Self { rules, fold, changes: Changes::default(), seen: 0 }
    }

    pub(super) fn add(&mut self, place: Place<'_>, draft: Draft) {
        let mut change = draft.finish(place);
        match rule(&change, self.rules, self.fold) {
            Ruling::Ignored(reason) => {
                change.ignored = Some(reason.to_owned());
                self.changes.counts.ignored += 1;
            }
            ruling => {
                if let Ruling::Expired(rule) = ruling {
                    let note = format!("the rule that ignored {rule} has expired; what it covered counts again");
                    self.changes.expired.add(printable(&note));
                }
                self.changes.counts.add(change.class);
            }
        }
        self.seen += 1;
        self.changes.items.push(change);
        // Several lists' worth before the best ones are picked: a sort for each change would be slow.
        if self.changes.items.len() >= 4 * LISTED {
            self.keep_worst();
        }
    }

    /// Says what could not be compared.
    pub(super) fn unknown(&mut self, place: Place<'_>, element: &str, what: &str) {
        self.changes.unknown.add(printable(&format!("{}: {what}", place.object(element))));
    }

    /// Says something of the schemas as a whole.
    pub(super) fn note(&mut self, note: &str) {
        self.changes.unknown.add(note.to_owned());
    }

    fn keep_worst(&mut self) {
        self.changes.items.sort_unstable_by(|a, b| a.rank().cmp(&b.rank()));
        self.changes.items.truncate(LISTED);
    }

    pub(super) fn finish(mut self) -> Changes {
        self.keep_worst();
        self.changes.left_out = self.seen - self.changes.items.len();
        self.changes.truncated = self.changes.left_out > 0;
        self.changes.unknown.notes.sort_unstable();
        self.changes.expired.notes.sort_unstable();
        self.changes
    }
}
