//! Which databases and tables a snapshot mirrors: globs over names. Pure.
//! `*` matches any run of characters, `?` one, `[ab]` a set; an exclude always wins over an include.

use std::sync::OnceLock;

use globset::{Glob, GlobBuilder, GlobMatcher};

use super::{Database, Snapshot};

/// Databases of the server itself; a wildcard never selects them, and nothing ever does.
pub const SYSTEM_DATABASES: [&str; 5] = ["information_schema", "performance_schema", "metrics_schema", "mysql", "sys"];

/// Tables that online schema changers leave while they work (gh-ost, pt-osc, Vitess).
pub const GHOST_TABLES: [&str; 6] = ["_*_gho", "_*_ghc", "_*_del", "_*_new", "_*_old", "_vt_*"];

/// A glob that is not one.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{field}: \"{glob}\" is not a valid glob: {problem}; use * for any characters, ? for one, and [ab] for a set")]
pub struct GlobError {
    /// The list it stands in.
    pub field: &'static str,
    /// The text.
    pub glob: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Compiled globs of one snapshot.
#[derive(Clone, Debug)]
pub struct Selection {
    databases: Pair,
    tables: Pair,
    database_globs: Vec<String>,
    /// Databases that may be selected at all; `None` for any.
    limit: Option<Globs>,
}

/// Names or globs, of which one has to match.
#[derive(Clone, Debug, Default)]
pub struct Globs(Vec<Pattern>);

#[derive(Clone, Debug)]
struct Pair {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
}

/// One glob over names.
#[derive(Clone, Debug)]
pub struct Pattern {
    exact: Matcher,
    folded: Matcher,
}

/// A glob that is read when it is made and compiled when it is first needed: a compiled one takes several kilobytes, of the
/// two of a pattern one is needed at most, and a look that finds nothing changed asks for no table.
#[derive(Clone, Debug)]
struct Matcher {
    glob: Glob,
    compiled: OnceLock<GlobMatcher>,
}

impl Matcher {
    const fn new(glob: Glob) -> Self {
        Self { glob, compiled: OnceLock::new() }
    }

    fn is_match(&self, name: &str) -> bool {
        self.compiled.get_or_init(|| self.glob.compile_matcher()).is_match(name)
    }
}

impl Selection {
    /// Compiles the four lists. An empty `tables_include` means every table.
    ///
    /// # Errors
    /// A text that is no glob, with the list it stands in.
    pub fn new<S: AsRef<str>>(
        databases_include: &[S],
        databases_exclude: &[S],
        tables_include: &[S],
        tables_exclude: &[S],
    ) -> Result<Self, GlobError> {
        let all = [Pattern::new("tables.include", "*")?];
        let include = compile("tables.include", tables_include)?;
        Ok(Self {
            databases: Pair {
                include: compile("databases.include", databases_include)?,
                exclude: compile("databases.exclude", databases_exclude)?,
            },
            tables: Pair {
                include: if include.is_empty() { all.to_vec() } else { include },
                exclude: compile("tables.exclude", tables_exclude)?,
            },
            database_globs: databases_include.iter().map(|g| g.as_ref().to_owned()).collect(),
            limit: None,
        })
    }

    /// Exactly these databases, and every table of them: names, not globs.
    ///
    /// # Errors
    /// Never for a name; the compiler of globs has the last word.
    pub fn exactly<S: AsRef<str>>(databases: &[S]) -> Result<Self, GlobError> {
        // The crate's escape leaves backslashes alone, which escape too.
        let escape = |name: &S| globset::escape(name.as_ref()).replace('\\', r"\\");
        let escaped: Vec<String> = databases.iter().map(escape).collect();
        let mut selection = Self::new(&escaped, &[], &[], &[])?;
        selection.database_globs = databases.iter().map(|name| name.as_ref().to_owned()).collect();
        Ok(selection)
    }

    /// The same wishes, of the databases in `limit` alone. A database has to match both: no glob is made of two.
    #[must_use]
    pub fn within(mut self, limit: Globs) -> Self {
        if self.literal_databases().is_some() {
            // Whether case counts is not known before the server is; `database` has the last word.
            self.database_globs.retain(|name| limit.matches(name, true));
        }
        self.limit = Some(limit);
        self
    }

    /// No database at all can be selected: each is named, and none of them lies within the limit.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.database_globs.is_empty()
    }

    /// The database is wanted. `fold`: names compare without case (`lower_case_table_names` is not 0).
    #[must_use]
    pub fn database(&self, name: &str, fold: bool) -> bool {
        !SYSTEM_DATABASES.contains(&name.to_lowercase().as_str())
            && self.databases.wants(fold, &[name])
            && self.limit.as_ref().is_none_or(|limit| limit.matches(name, fold))
    }

    /// The table, view or sequence is wanted; a glob may name it alone or as `DB.TABLE`.
    #[must_use]
    pub fn table(&self, database: &str, table: &str, fold: bool) -> bool {
        self.tables.wants(fold, &[table, &format!("{database}.{table}")])
    }

    /// The wanted databases by name, when no include is a wildcard; then no list of databases is needed to look them up.
    #[must_use]
    pub fn literal_databases(&self) -> Option<&[String]> {
        let literal = |glob: &String| !glob.contains(['*', '?', '[', '{', '\\']);
        self.database_globs.iter().all(literal).then_some(self.database_globs.as_slice())
    }

    /// Keeps what is wanted.
    #[must_use]
    pub fn apply(&self, snapshot: Snapshot) -> Snapshot {
        let fold = snapshot.server.lower_case_table_names != 0;
        let keep = |mut database: Database| {
            let name = database.name.clone();
            database.tables.retain(|t| self.table(&name, &t.name, fold));
            database.views.retain(|v| self.table(&name, &v.name, fold));
            database.sequences.retain(|s| self.table(&name, &s.name, fold));
            database
        };
        let databases = snapshot.databases.into_iter().filter(|d| self.database(&d.name, fold)).map(keep).collect();
        Snapshot { databases, ..snapshot }
    }
}

impl Globs {
    /// One of the globs matches one of the names. `fold`: they compare without case.
    #[must_use]
    pub fn any(&self, names: &[&str], fold: bool) -> bool {
        names.iter().any(|name| self.matches(name, fold))
    }

    /// There are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compiles a list, which stands in `field`.
    ///
    /// # Errors
    /// A text that is no glob.
    pub fn new<S: AsRef<str>>(field: &'static str, globs: &[S]) -> Result<Self, GlobError> {
        compile(field, globs).map(Self)
    }

    /// One of them matches. `fold`: names compare without case.
    #[must_use]
    pub fn matches(&self, name: &str, fold: bool) -> bool {
        self.0.iter().any(|pattern| pattern.matches(name, fold))
    }

    /// What either of the two matches.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

impl Pair {
    fn wants(&self, fold: bool, names: &[&str]) -> bool {
        let hit = |patterns: &[Pattern]| patterns.iter().any(|p| names.iter().any(|n| p.matches(n, fold)));
        hit(&self.include) && !hit(&self.exclude)
    }
}

impl Pattern {
    /// Reads a glob; `field` is the list it stands in.
    ///
    /// # Errors
    /// A text that is no glob.
    pub fn new(field: &'static str, glob: &str) -> Result<Self, GlobError> {
        let build = |text: &str| -> Result<Glob, GlobError> {
            GlobBuilder::new(text).literal_separator(false).backslash_escape(true).build().map_err(|e| GlobError {
                field,
                glob: glob.to_owned(),
                problem: e.kind().to_string(),
            })
        };
        Ok(Self { exact: Matcher::new(build(glob)?), folded: Matcher::new(build(&glob.to_lowercase())?) })
    }

    /// The name is meant. `fold`: names compare without case.
    #[must_use]
    pub fn matches(&self, name: &str, fold: bool) -> bool {
        if fold { self.folded.is_match(&name.to_lowercase()) } else { self.exact.is_match(name) }
    }
}

fn compile<S: AsRef<str>>(field: &'static str, globs: &[S]) -> Result<Vec<Pattern>, GlobError> {
    globs.iter().map(|g| Pattern::new(field, g.as_ref())).collect()
}

#[cfg(test)]
#[path = "select_tests.rs"]
mod tests;
