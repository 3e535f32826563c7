//! Join conditions: what each can see, and which columns USING and NATURAL merge.

use sqlparser::ast::{Ident, JoinConstraint, JoinOperator};

use super::from::From;
use super::{Resolver, at};
use crate::validation::query::code::Code;
use crate::validation::query::names::parts;
use crate::validation::query::result::Issue;
use crate::validation::query::scope::{Field, Links, Origin, Relation, Scope};
use crate::validation::query::suggest::nearest;
use crate::validation::query::types::{self, Operand};

impl<'a> Resolver<'a, '_> {
    pub(super) fn constraint(
        &mut self,
        constraint: &'a JoinConstraint,
        (start, middle): (usize, usize),
        from: &mut From<'a>,
    ) {
        match constraint {
            JoinConstraint::On(condition) => {
                let seen = Scope::of(from.relations.get(start..).unwrap_or_default());
                let mut local = Links::default();
                local.grow(seen.relations.len());
                self.inside(seen, |this| this.condition(condition, &mut local));
                let groups = from.relations.len() - start;
                for group in 0..groups {
                    from.links.join((0..groups).filter(|at| local.same(group, *at)).map(|at| start + at));
                }
            }
            JoinConstraint::Using(names) => {
                for name in names.iter().filter_map(parts) {
                    if let [name] = name.as_slice() {
                        self.merge(name, (start, middle), from);
                    }
                }
            }
            JoinConstraint::Natural => self.natural((start, middle), from),
            JoinConstraint::None => {}
        }
    }

    /// USING: the column must be one of each side, and from here on both are one.
    fn merge(&mut self, name: &'a Ident, (start, middle): (usize, usize), from: &mut From<'a>) {
        let left = self.side(name, start..middle, from);
        let right = self.side(name, middle..from.relations.len(), from);
        let (Some(left), Some(right)) = (left, right) else { return };
        if let (Some(a), Some(b)) = (left.2, right.2) {
            self.uses(&a, at(name));
            self.uses(&b, at(name));
            if let Some((code, message)) = types::compared(&Operand::Column(a), &Operand::Column(b)) {
                self.issue(code, at(name), message);
            }
        }
        from.links.join([left.0, right.0]);
        if let Some(relation) = from.relations.get_mut(right.0) {
            relation.merged.push(right.1);
        }
    }

    /// The one field of that name on one side of a join.
    fn side(
        &mut self,
        name: &Ident,
        side: std::ops::Range<usize>,
        from: &From<'a>,
    ) -> Option<(usize, usize, Option<Origin<'a>>)> {
        let relations = from.relations.get(side.clone()).unwrap_or_default();
        let hits: Vec<_> = side
            .zip(relations)
            .flat_map(|(at, r)| {
                r.unmerged().filter(|(_, f)| f.is_called(&name.value)).map(move |(field, f)| (at, field, f.origin))
            })
            .collect();
        match hits.as_slice() {
            [hit] => return Some(*hit),
            [] if relations.iter().any(|relation| relation.opaque) => {}
            [] => {
                let names = relations.iter().flat_map(|r| r.fields.iter().filter_map(Field::plain_name));
                let suggestion = nearest(&name.value, names);
                let message = format!("USING names `{}`, which is no column of both sides", name.value);
                self.found.push(Issue::new(Code::UnknownColumn, at(name), message).suggest(suggestion));
            }
            _ => {
                let message = format!("USING names `{}`, which one side has more than once", name.value);
                self.issue(Code::AmbiguousColumn, at(name), message);
            }
        }
        None
    }

    /// NATURAL: USING over every name that both sides have.
    fn natural(&mut self, (start, middle): (usize, usize), from: &mut From<'a>) {
        let mut merged = Vec::new();
        let right = from.relations.get(middle..).unwrap_or_default();
        for (at, relation) in (middle..).zip(right) {
            for (position, field) in relation.unmerged().filter(|(_, field)| !field.hidden) {
                let Some(name) = field.plain_name() else { continue };
                let left = from.relations.get(start..middle).unwrap_or_default();
                let same = |r: &Relation<'a>| r.unmerged().any(|(_, f)| !f.hidden && f.is_called(name));
                if !self.spend(left.len()) {
                    return;
                }
                merged.extend(left.iter().position(same).map(|left| (start + left, at, position, relation.at, name)));
            }
        }
        for (left, right, position, ..) in merged {
            from.links.join([left, right]);
            if let Some(relation) = from.relations.get_mut(right) {
                relation.merged.push(position);
            }
        }
    }
}

pub(super) const fn constraint(operator: &JoinOperator) -> Option<&JoinConstraint> {
    match operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::CrossJoin(constraint)
        | JoinOperator::StraightJoin(constraint) => Some(constraint),
        _ => None,
    }
}
