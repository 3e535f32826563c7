//! A long text cut into parts that each stand alone: between its pieces, never inside one. Pure.

/// Groups `pieces` so that each group and `frame` bytes around it take at most `most`. A piece that is too long by itself
/// is alone in its group. Without any piece there is one empty group.
pub(super) fn groups<T>(pieces: Vec<T>, bytes: impl Fn(&T) -> usize, frame: usize, most: usize) -> Vec<Vec<T>> {
    let mut groups = vec![Vec::new()];
    let mut used = frame;
    for piece in pieces {
        let size = bytes(&piece);
        if used + size > most && groups.last().is_some_and(|group: &Vec<T>| !group.is_empty()) {
            groups.push(Vec::new());
            used = frame;
        }
        used += size;
        if let Some(group) = groups.last_mut() {
            group.push(piece);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_grouped_in_order_up_to_the_limit() {
        let cases: &[(&[usize], &[&[usize]])] = &[
            (&[], &[&[]]),
            (&[3, 3], &[&[3, 3]]),
            (&[3, 4, 5, 1], &[&[3], &[4], &[5, 1]]),
            (&[9, 1], &[&[9], &[1]]),
            (&[1, 9, 1], &[&[1], &[9], &[1]]),
        ];
        for (sizes, want) in cases {
            assert_eq!(groups(sizes.to_vec(), |size| *size, 2, 8), *want, "{sizes:?}");
        }
    }
}
