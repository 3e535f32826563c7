//! Join conditions: what each can see, and which columns USING and NATURAL merge.

use std::ops::Range;

use sqlparser::ast::{Ident, JoinConstraint, JoinOperator};

use super::from::From;
use super::{Resolver, at, width};
use crate::validation::query::code::Code;
use crate::validation::query::names::parts;
use crate::validation::query::result::{At, Issue};
use crate::validation::query::scope::{Field, Links, Origin, Relation, Scope};
use crate::validation::query::types::{self, Operand};

/// One of two columns that become one.
#[derive(Clone, Copy, Debug)]
struct Joined<'a> {
    relation: usize,
    field: usize,
    origin: Option<Origin<'a>>,
}

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
        let right = from.relations.get(middle..).unwrap_or_default();
        let twice =
            |r: &Relation<'a>| r.merged.iter().any(|at| r.fields.get(*at).is_some_and(|f| f.is_called(&name.value)));
        if right.iter().any(twice) {
            return;
        }
        let left = self.side(name, start..middle, from);
        let right = self.side(name, middle..from.relations.len(), from);
        if let (Some(left), Some(right)) = (left, right) {
            self.one(&left, &right, at(name), from);
        }
    }

    /// The one field of that name on one side of a join.
    fn side(&mut self, name: &Ident, side: Range<usize>, from: &From<'a>) -> Option<Joined<'a>> {
        let relations = from.relations.get(side.clone()).unwrap_or_default();
        if !self.spend(width(relations)) {
            return None;
        }
        let hits: Vec<_> = side
            .zip(relations)
            .flat_map(|(at, r)| {
                let hits = r.unmerged().filter(|(_, field)| field.is_called(&name.value));
                hits.map(move |(field, f)| Joined { relation: at, field, origin: f.origin })
            })
            .collect();
        match hits.as_slice() {
            [hit] => return Some(*hit),
            [] if relations.iter().any(|relation| relation.opaque) => {}
            [] => {
                let names = relations.iter().flat_map(|r| r.fields.iter().filter_map(Field::plain_name));
                let suggestion = self.suggestions.nearest(&name.value, names);
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
        let mut both = Vec::new();
        let left = from.relations.get(start..middle).unwrap_or_default();
        let right = from.relations.get(middle..).unwrap_or_default();
        for (at, relation) in (middle..).zip(right) {
            for (position, field) in relation.unmerged().filter(|(_, field)| !field.hidden) {
                let Some(name) = field.plain_name() else { continue };
                if !self.spend(width(left)) {
                    return;
                }
                let same = |(_, f): &(usize, &Field<'a>)| !f.hidden && f.is_called(name);
                let mut hits =
                    (start..).zip(left).flat_map(|(at, r)| r.unmerged().filter(same).map(move |hit| (at, hit)));
                let Some((hit, (_, other))) = hits.next() else { continue };
                if hits.next().is_some() {
                    let message = format!("NATURAL joins by `{name}`, which the left side has more than once");
                    self.issue(Code::AmbiguousColumn, relation.at, message);
                }
                both.push((
                    Joined { relation: hit, field: 0, origin: other.origin },
                    Joined { relation: at, field: position, origin: field.origin },
                    relation.at,
                ));
            }
        }
        for (left, right, place) in both {
            self.one(&left, &right, place, from);
        }
    }

    /// Two columns become one.
    fn one(&mut self, left: &Joined<'a>, right: &Joined<'a>, place: At, from: &mut From<'a>) {
        if let (Some(a), Some(b)) = (left.origin, right.origin) {
            self.uses(&a, place);
            self.uses(&b, place);
            if let Some((code, message)) = types::compared(&Operand::Column(a), &Operand::Column(b)) {
                self.issue(code, place, message);
            }
        }
        from.links.join([left.relation, right.relation]);
        if let Some(relation) = from.relations.get_mut(right.relation) {
            relation.merged.insert(right.field);
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
