//! What a statement does, decided on its tree and by default "more than reading": a node is let through only when it is
//! known. The walk is the parser's own visitor, so that no corner of a statement is left out.

use std::collections::HashSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    Expr, LockClause, Query, Select, SetExpr, Spanned as _, Statement, TableFactor, ValueWithSpan, Visit as _,
};
use sqlparser::ast::{Function, Ident, ObjectName, SelectItem, Visitor};
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::code::{Code, Severity};
use super::functions::{self, Effect};
use super::known;
use super::names::parts;
use super::parse::{Parsed, is_word};
use super::result::{At, Findings, Issue, StatementKind};

/// What a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) kind: StatementKind,
    /// Everything in it is known to only read.
    pub(super) reads: bool,
    /// Everything in it is known, so that looking its names up makes sense.
    pub(super) understood: bool,
}

/// Classifies, and reports what keeps the statement from being a read. Where writes are allowed only locks are worth a
/// warning; what is not known is an error in both cases, for it cannot be judged.
pub(super) fn classify(parsed: &Parsed, read_only: bool, found: &mut Findings) -> Class {
    let mut walk = Walk {
        tokens: &parsed.tokens,
        spaced: spaced(&parsed.tokens),
        effects: Vec::new(),
        strange: Vec::new(),
        aliases: HashSet::new(),
    };
    let _ = parsed.statement.visit(&mut walk);
    let understood = walk.strange.is_empty();
    let reads = walk.effects.is_empty() && understood;
    walk.strange.into_iter().for_each(|issue| found.push(issue));
    for issue in walk.effects {
        // What EXPLAIN ANALYZE runs is judged all the same.
        let analyzed = matches!(parsed.statement, Statement::Explain { .. }) && issue.code == Code::AdminStatement;
        let unjudged = matches!(issue.code, Code::DdlStatement | Code::AdminStatement) && !analyzed;
        match issue.code {
            _ if read_only => found.push(issue.with(Severity::Error)),
            Code::LockingRead => found.push(issue),
            _ if unjudged => found.push(Issue { unsupported: true, ..issue }),
            _ => {}
        }
    }
    Class { kind: kind(&parsed.statement), reads, understood }
}

fn kind(statement: &Statement) -> StatementKind {
    match statement {
        Statement::Query(query) => body_kind(&query.body),
        Statement::Insert(insert) if insert.replace_into => StatementKind::Replace,
        Statement::Insert(_) => StatementKind::Insert,
        Statement::Update(_) => StatementKind::Update,
        Statement::Delete(_) => StatementKind::Delete,
        Statement::ExplainTable { .. } => StatementKind::Describe,
        Statement::Explain { .. } => StatementKind::Explain,
        statement if known::is_show(statement) => StatementKind::Show,
        statement if known::is_write(statement) => StatementKind::Write,
        statement if known::is_ddl(statement) => StatementKind::Ddl,
        _ => StatementKind::Admin,
    }
}

fn body_kind(body: &SetExpr) -> StatementKind {
    match body {
        SetExpr::Insert(statement)
        | SetExpr::Update(statement)
        | SetExpr::Delete(statement)
        | SetExpr::Merge(statement) => kind(statement),
        SetExpr::Query(query) => body_kind(&query.body),
        _ => StatementKind::Select,
    }
}

/// Words with white space between them and the parenthesis behind.
fn spaced(tokens: &[TokenWithSpan]) -> HashSet<At> {
    let gap = |pair: &&[TokenWithSpan]| match pair {
        [word, open] => {
            matches!(word.token, Token::Word(_)) && open.token == Token::LParen && word.span.end != open.span.start
        }
        _ => false,
    };
    tokens.windows(2).filter(gap).filter_map(|pair| pair.first()).map(|word| At::from(word.span)).collect()
}

struct Walk<'t> {
    tokens: &'t [TokenWithSpan],
    spaced: HashSet<At>,
    /// What makes it more than a read.
    effects: Vec<Issue>,
    /// What is not known.
    strange: Vec<Issue>,
    /// Where aliases stand, the one place where a name may be written as a string.
    aliases: HashSet<At>,
}

impl Walk<'_> {
    fn effect(&mut self, code: Code, at: impl Into<At>, message: impl Into<String>) {
        self.effects.push(Issue::new(code, at, message));
    }

    fn strange(&mut self, at: impl Into<At>, what: &str) {
        self.strange.push(Issue::unsupported(at, format!("{what} is not judged")));
    }

    /// Where the words stand one after the other.
    fn words(&self, words: &[&str]) -> At {
        let fits = |window: &&[TokenWithSpan]| window.iter().zip(words).all(|(token, word)| is_word(token, word));
        let found = self.tokens.windows(words.len().max(1)).find(fits).and_then(<[_]>::first);
        found.map_or(At::START, |token| token.span.into())
    }

    fn function(&mut self, function: &Function) {
        let at = At::from(function.name.span());
        if let Some(what) = known::strange_function(function) {
            self.strange(at, what);
        }
        let Some(name) = called(&function.name) else {
            let message = "only a stored function has a qualified name, and a stored function may write";
            return self.effect(Code::ForbiddenFunction, at, message);
        };
        let unsure = name.quote_style.is_some() || (self.spaced.contains(&at) && known::needs_no_space(&name.value));
        let with_argument = name.value.eq_ignore_ascii_case("last_insert_id") && known::has_arguments(function);
        let shown = name.value.to_lowercase();
        match functions::effect(&name.value) {
            Effect::Reads if !unsure && !with_argument => {}
            Effect::Reads if with_argument => {
                self.effect(Code::ForbiddenFunction, at, "last_insert_id with an argument changes the session");
            }
            Effect::Acts => {
                self.effect(Code::ForbiddenFunction, at, format!("the function {shown} does more than read"))
            }
            Effect::Reads | Effect::Unknown => {
                let message = format!("{shown} is no function known to only read; a stored function may write");
                self.effect(Code::ForbiddenFunction, at, message);
            }
        }
    }

    fn locks(&mut self, locks: &[LockClause]) {
        if locks.is_empty() {
            return;
        }
        let at = ["UPDATE", "SHARE"].map(|word| self.words(&["FOR", word]));
        let at = at.into_iter().filter(|at| *at != At::START).min().unwrap_or(At::START);
        self.effect(Code::LockingRead, at, "the query locks the rows it reads");
    }

    fn statement(&mut self, statement: &Statement) {
        let at = known::start(statement).map_or(At::START, At::from);
        match statement {
            Statement::Query(_) => {}
            Statement::Explain { analyze: true, .. } => {
                self.effect(Code::AdminStatement, at, "EXPLAIN ANALYZE runs the statement; leave ANALYZE out");
            }
            Statement::Explain { .. } | Statement::ExplainTable { .. } => {
                if let Some(what) = known::strange_explain(statement) {
                    self.strange(at, what);
                }
            }
            statement if known::is_show(statement) => {}
            statement if known::is_write(statement) => self.effect(Code::WriteStatement, at, "the statement writes"),
            statement if known::is_ddl(statement) => {
                self.effect(
                    Code::DdlStatement,
                    at,
                    "the statement changes the schema; only reads and writes are judged",
                );
            }
            _ => self.effect(Code::AdminStatement, at, "the statement is neither a read nor a write of rows"),
        }
        if let Some(what) = known::strange_write(statement) {
            self.strange(at, what);
        }
    }
}

/// The name of a function without a database.
fn called(name: &ObjectName) -> Option<&Ident> {
    match parts(name)?.as_slice() {
        [name] => Some(*name),
        _ => None,
    }
}

const GO_ON: ControlFlow<()> = ControlFlow::Continue(());

impl Visitor for Walk<'_> {
    type Break = ();

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        self.statement(statement);
        GO_ON
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.locks(&query.locks);
        if let Some(what) = known::strange_query(query) {
            self.strange(query.span(), what);
        }
        GO_ON
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        let at = select.select_token.0.span;
        self.aliases.extend(select.projection.iter().filter_map(|item| match item {
            SelectItem::ExprWithAlias { alias, .. } => Some(At::from(alias.span)),
            _ => None,
        }));
        if select.into.is_some() {
            let at = self.words(&["INTO"]);
            self.effect(Code::WriteStatement, at, "SELECT … INTO writes what it selects");
        }
        if let Some(what) = known::strange_select(select) {
            self.strange(at, what);
        }
        GO_ON
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let Some(what) = known::strange_factor(factor) {
            self.strange(factor.span(), what);
        }
        GO_ON
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(function) => self.function(function),
            Expr::BinaryOp { left, op, .. } if known::is_assignment(op) => {
                self.effect(Code::VariableAssignment, left.span(), "the query assigns to a variable");
            }
            expr => {
                if let Some(what) = known::strange_expr(expr) {
                    self.strange(expr.span(), what);
                }
            }
        }
        GO_ON
    }

    fn pre_visit_ident(&mut self, ident: &Ident) -> ControlFlow<()> {
        let at = At::from(ident.span);
        if matches!(ident.quote_style, Some('\'' | '"')) && !self.aliases.contains(&at) {
            self.strange.push(Issue::new(Code::ParseError, at, "a string stands where a name must"));
        }
        GO_ON
    }

    fn pre_visit_value(&mut self, value: &ValueWithSpan) -> ControlFlow<()> {
        if let Some(what) = known::strange_value(&value.value) {
            self.strange(value.span, what);
        }
        GO_ON
    }
}
