//! Which shard holds which table: a stable packing of sizes into boxes. Pure; the same sizes give the same places.

/// Chooses a shard (0-based) for every size, or `None` when they do not fit this way.
///
/// What was somewhere stays there. A shard that has grown past `capacity` gives away the smallest object that is enough,
/// so that the fewest bytes move. What is new, or was given away, goes where most room is, the largest first; on equal
/// room the first shard wins, and on equal size the first object.
pub(super) fn place(sizes: &[usize], before: &[Option<usize>], shards: usize, capacity: usize) -> Option<Vec<usize>> {
    let mut chosen: Vec<Option<usize>> = before.iter().map(|shard| shard.filter(|shard| *shard < shards)).collect();
    let mut used = vec![0_usize; shards];
    for (size, shard) in sizes.iter().zip(&chosen) {
        if let Some(used) = shard.and_then(|shard| used.get_mut(shard)) {
            *used += size;
        }
    }
    for (shard, used) in used.iter_mut().enumerate() {
        while *used > capacity {
            let object = given_away(sizes, &chosen, shard, *used - capacity)?;
            *used -= sizes.get(object)?;
            *chosen.get_mut(object)? = None;
        }
    }
    let mut free: Vec<usize> = (0..sizes.len()).filter(|object| chosen.get(*object) == Some(&None)).collect();
    free.sort_by_key(|object| (std::cmp::Reverse(sizes.get(*object)), *object));
    for object in free {
        let (shard, least) = used.iter_mut().enumerate().min_by_key(|(shard, used)| (**used, *shard))?;
        *least += sizes.get(object)?;
        if *least > capacity {
            return None;
        }
        *chosen.get_mut(object)? = Some(shard);
    }
    chosen.into_iter().collect()
}

/// The smallest object of a shard that frees at least `excess`, else its largest; the first of equals.
fn given_away(sizes: &[usize], chosen: &[Option<usize>], shard: usize, excess: usize) -> Option<usize> {
    let own = || sizes.iter().zip(chosen).enumerate().filter(|(_, (_, at))| **at == Some(shard));
    let enough = own().filter(|(_, (size, _))| **size >= excess).min_by_key(|(object, (size, _))| (**size, *object));
    let largest = || own().max_by_key(|(object, (size, _))| (**size, std::cmp::Reverse(*object)));
    enough.or_else(largest).map(|(object, _)| object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_placed_by_room_and_stay_where_they_were() {
        let cases: &[(&str, &[usize], &[Option<usize>], usize, Option<&[usize]>)] = &[
            ("nothing", &[], &[], 3, Some(&[])),
            ("largest first, then where room is", &[1, 5, 4], &[None; 3], 2, Some(&[1, 0, 1])),
            ("equals in order", &[2, 2, 2, 2], &[None; 4], 2, Some(&[0, 1, 0, 1])),
            ("what was placed stays", &[5, 1, 1], &[Some(1), Some(1), None], 2, Some(&[1, 1, 0])),
            ("a place that is gone is none", &[5, 5], &[Some(7), Some(0)], 2, Some(&[1, 0])),
            ("smallest that is enough moves", &[6, 3, 2], &[Some(0), Some(0), Some(0)], 2, Some(&[0, 0, 1])),
            ("largest moves when one is not enough", &[6, 6, 5], &[Some(0), Some(0), Some(0)], 3, Some(&[1, 0, 2])),
            ("too much", &[6, 6, 6], &[None; 3], 2, None),
            ("one too large", &[11], &[None], 2, None),
            ("all full to the brim", &[10, 10], &[None; 2], 2, Some(&[0, 1])),
        ];
        for (name, sizes, before, shards, want) in cases {
            assert_eq!(place(sizes, before, *shards, 10).as_deref(), *want, "{name}");
        }
    }
}
