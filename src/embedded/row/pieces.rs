//! Where the cells of a row are cut into chunks.

/// The size that chunks are cut to. A larger cell is a chunk alone.
pub(crate) const CHUNK_SIZE: usize = 4096;

/// The size that chunks are cut to where single cells are written here and there, as each of them rewrites its whole
/// chunk.
pub(crate) const SMALL: usize = 1024;

/// Where what goes into a chunk came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Growth {
    /// At the end: the last piece is left with room, the others are full.
    AtEnd,
    /// In the middle: the pieces are alike, so that each has room.
    Within,
    /// In the middle, little beside what was there: the pieces are alike and small.
    Scattered,
}

impl Growth {
    /// Of a part of this size, to which so much is added, the first of it at `place`.
    pub(crate) fn of(size: usize, added: usize, place: usize) -> Growth {
        // who writes almost in order writes to the last quarter
        if added * 4 < size && place * 4 < size * 3 { Growth::Scattered } else { Growth::Within }
    }

    /// The size that a piece has at most, unless one cell is larger.
    pub(crate) fn piece(self) -> usize {
        match self {
            Growth::AtEnd | Growth::Within => CHUNK_SIZE,
            Growth::Scattered => SMALL,
        }
    }
}

/// The ends of the pieces that cells of these sizes are cut into, as numbers of cells. `may_cut(i)` tells
/// whether cell `i` may begin a piece. The first piece is never empty.
pub(crate) fn ends(sizes: &[usize], growth: Growth, may_cut: impl Fn(usize) -> bool) -> Vec<usize> {
    let total: usize = sizes.iter().sum();
    let target = match growth {
        Growth::AtEnd => growth.piece(),
        Growth::Within | Growth::Scattered => total.div_ceil(total.div_ceil(growth.piece()).max(1)),
    };
    let mut ends = Vec::new();
    let mut piece = 0;
    for (index, size) in sizes.iter().enumerate() {
        if index > 0 && piece > 0 && piece + size > target && may_cut(index) {
            ends.push(index);
            piece = 0;
        }
        piece += size;
    }
    ends.push(sizes.len());
    ends
}

/// The shortest bytes that are greater than `before` and not greater than `first`, of which `before` is
/// the smaller one: what parts two neighbouring chunks.
pub(crate) fn separator<'n>(before: &[u8], first: &'n [u8]) -> &'n [u8] {
    let common = before.iter().zip(first).take_while(|(one, other)| one == other).count();
    &first[..first.len().min(common + 1)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_hold_all_cells_and_fit(
            sizes in proptest::collection::vec(prop_oneof![9 => 12_usize..600, 1 => 3000_usize..9000], 1..60),
            at_end: bool,
        ) {
            let growth = if at_end { Growth::AtEnd } else { Growth::Within };
            let mut start = 0;
            for end in ends(&sizes, growth, |_| true) {
                prop_assert!(end > start);
                let size: usize = sizes[start..end].iter().sum();
                prop_assert!(size <= CHUNK_SIZE || end == start + 1, "{} bytes in {}..{}", size, start, end);
                start = end;
            }
            prop_assert_eq!(start, sizes.len());
        }

        #[test]
        fn a_separator_lies_between(
            one in proptest::collection::vec(0_u8..3, 0..6),
            other in proptest::collection::vec(0_u8..3, 0..6),
        ) {
            prop_assume!(one != other);
            let (before, first) = if one < other { (one, other) } else { (other, one) };
            let between = separator(&before, &first);
            prop_assert!(before.as_slice() < between && between <= first.as_slice());
            prop_assert!(between.len() <= before.len() + 1);
        }
    }

    #[test]
    fn appending_fills_pieces_and_inserting_levels_them() {
        let sizes = [100; 60];
        assert_eq!(ends(&sizes, Growth::AtEnd, |_| true), [40, 60]);
        assert_eq!(ends(&sizes, Growth::Within, |_| true), [30, 60]);
        assert_eq!(ends(&sizes[..40], Growth::Within, |_| true), [40]);
    }

    #[test]
    fn no_cut_where_none_may_be() {
        assert_eq!(ends(&[3000; 4], Growth::AtEnd, |index| index == 3), [3, 4]);
        assert_eq!(ends(&[3000; 4], Growth::AtEnd, |_| false), [4]);
    }
}
