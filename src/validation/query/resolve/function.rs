//! Function calls: their arguments, their windows, and where aggregates and window functions may stand.

use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments, Ident, Spanned as _,
    WindowFrameBound, WindowSpec, WindowType,
};

use super::expr::width;
use super::{Resolver, at};
use crate::validation::query::code::Code;
use crate::validation::query::functions;
use crate::validation::query::names::{Object, parts, same_folded};
use crate::validation::query::result::Issue;
use crate::validation::query::scope::Clause;

impl<'a> Resolver<'a, '_> {
    pub(super) fn function(&mut self, function: &'a Function) {
        let name = match parts(&function.name).as_deref() {
            Some([name]) => name.value.as_str(),
            _ => "",
        };
        let aggregate = functions::is_aggregate(name) && function.over.is_none();
        if aggregate && let Some(scope) = self.scopes.last_mut() {
            scope.aggregates += 1;
        }
        if aggregate && self.in_aggregate > 0 {
            self.issue(Code::ParseError, function.name.span(), "an aggregate cannot stand inside of another");
        }
        let rows = self.scopes.last().is_some_and(|scope| match scope.clause {
            Clause::Where => !scope.listing,
            Clause::Having => true,
            Clause::Order => false,
        });
        if function.over.is_some() && rows {
            self.issue(Code::ParseError, function.name.span(), "window functions stand in SELECT and ORDER BY alone");
        }
        self.in_aggregate += usize::from(aggregate);
        if let FunctionArguments::List(list) = &function.args {
            let mut skip = usize::from(functions::takes_word(name));
            if functions::takes_sequence(name) {
                skip = 1;
                self.sequence(list.args.first());
            }
            for expr in list.args.iter().skip(skip).filter_map(argument) {
                self.wide(expr, width(expr));
            }
            for clause in &list.clauses {
                if let FunctionArgumentClause::OrderBy(order) = clause {
                    self.all(order.iter().map(|one| &one.expr));
                }
            }
        }
        self.all(function.within_group.iter().map(|one| &one.expr));
        self.in_aggregate -= usize::from(aggregate);
        match &function.over {
            Some(WindowType::WindowSpec(spec)) => self.window(spec),
            Some(WindowType::NamedWindow(name)) => self.named_window(name),
            None => {}
        }
    }

    fn named_window(&mut self, name: &'a Ident) {
        let names = self.scopes.last().map(|scope| scope.windows.clone()).unwrap_or_default();
        if !names.iter().any(|own| same_folded(own, &name.value)) {
            let issue = Issue::new(Code::UnknownAlias, at(name), format!("there is no WINDOW `{}`", name.value));
            self.found.push(issue.suggest(self.suggestions.nearest(&name.value, names)));
        }
    }

    pub(super) fn window(&mut self, spec: &'a WindowSpec) {
        if let Some(name) = &spec.window_name {
            self.named_window(name);
        }
        self.all(&spec.partition_by);
        self.all(spec.order_by.iter().map(|one| &one.expr));
        let frame = spec.window_frame.iter().flat_map(|frame| [Some(&frame.start_bound), frame.end_bound.as_ref()]);
        for bound in frame.flatten() {
            if let WindowFrameBound::Preceding(Some(expr)) | WindowFrameBound::Following(Some(expr)) = bound {
                self.expr(expr);
            }
        }
    }

    /// The first argument of NEXTVAL and its like names a sequence.
    fn sequence(&mut self, argument_: Option<&'a FunctionArg>) {
        let names = match argument_.and_then(argument) {
            Some(Expr::Identifier(name)) => vec![name],
            Some(Expr::CompoundIdentifier(names)) => names.iter().collect(),
            _ => return,
        };
        let Some((database, object)) = self.object(&names) else { return };
        if let (Object::Sequence(_), Some(last)) = (object, names.last()) {
            self.used(&database.name, object.name(), None, at(last));
        } else if let Some(last) = names.last() {
            self.issue(Code::UnknownTable, at(last), format!("`{}` is no sequence", last.value));
        }
    }
}

fn argument(argument: &FunctionArg) -> Option<&Expr> {
    match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    }
}
