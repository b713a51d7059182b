//! Cards on their way: where each stands on the screen before the server has said so.

use std::collections::BTreeMap;

use super::Moved;
use crate::model::ProjectStatus;

/// A card somebody has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Move {
    to: ProjectStatus,
    /// The first state of the projects that knows of it; `None` while the server is asked.
    known_from: Option<u64>,
}

/// All of them, by project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Moves(BTreeMap<String, Move>);

impl Moves {
    /// Where a card is to be drawn, which stands at `status` in the given state of the projects.
    pub(super) fn place(&self, id: &str, status: ProjectStatus, snapshot: u64) -> ProjectStatus {
        match self.0.get(id) {
            Some(made) if made.known_from.is_none_or(|known| snapshot < known) => made.to,
            _ => status,
        }
    }

    /// Moves a card; returns whether the server must be asked, which it is not twice at a time about one card.
    pub(super) fn begin(&mut self, id: &str, to: ProjectStatus) -> bool {
        let before = self.0.insert(id.to_owned(), Move { to, known_from: None });
        before.is_none_or(|before| before.known_from.is_some())
    }

    /// Where a card that is on its way is wanted.
    pub(super) fn wanted(&self, id: &str) -> Option<ProjectStatus> {
        self.0.get(id).filter(|made| made.known_from.is_none()).map(|made| made.to)
    }

    /// Takes the server's word; returns whether that is where the card is wanted by now.
    pub(super) fn arrived(&mut self, moved: &Moved) -> bool {
        match self.0.get_mut(&moved.id) {
            Some(made) if made.to == moved.status => {
                made.known_from = Some(moved.snapshot);
                true
            }
            _ => false,
        }
    }

    /// Puts a card back to where the server has it.
    pub(super) fn refused(&mut self, id: &str) {
        self.0.remove(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ProjectStatus::{Active, Completed, Paused};

    fn moved(status: ProjectStatus, snapshot: u64) -> Moved {
        Moved { id: "shop".to_owned(), status, snapshot }
    }

    #[test]
    fn a_card_stands_where_it_was_put_until_the_page_knows_of_it() {
        let mut moves = Moves::default();
        assert_eq!(moves.place("shop", Active, 7), Active);
        assert!(moves.begin("shop", Paused));
        assert_eq!((moves.place("shop", Active, 7), moves.place("blog", Active, 7)), (Paused, Active));
        assert!(moves.arrived(&moved(Paused, 8)));
        assert_eq!(moves.place("shop", Active, 7), Paused, "the page is still the one before");
        assert_eq!(moves.place("shop", Paused, 8), Paused);
        assert_eq!(moves.place("shop", Completed, 9), Completed, "somebody else has moved it on");
    }

    #[test]
    fn a_card_that_is_refused_goes_back() {
        let mut moves = Moves::default();
        moves.begin("shop", Paused);
        moves.refused("shop");
        assert_eq!((moves.place("shop", Active, 7), moves.wanted("shop")), (Active, None));
    }

    #[test]
    fn the_last_wish_counts_and_is_asked_for_after_the_one_before() {
        let mut moves = Moves::default();
        assert!(moves.begin("shop", Paused));
        assert!(!moves.begin("shop", Completed), "the server is being asked");
        assert!(!moves.arrived(&moved(Paused, 8)));
        assert_eq!((moves.wanted("shop"), moves.place("shop", Paused, 8)), (Some(Completed), Completed));
        assert!(moves.arrived(&moved(Completed, 9)));
        assert!(moves.begin("shop", Active), "and may be asked again");
    }
}
