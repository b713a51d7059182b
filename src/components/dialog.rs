//! What every dialog does.

use leptos::ev::MouseEvent;
use leptos::html::Dialog;
use leptos::prelude::*;

/// Returns what a press on a dialog does: beside its content it closes the dialog.
pub fn closes_beside(node: NodeRef<Dialog>) -> impl Fn(MouseEvent) + Copy {
    move |event: MouseEvent| {
        // What is inside fills the dialog: only what lies around it is the dialog itself.
        if let Some(dialog) = node.get_untracked()
            && event.target().is_some_and(|target| target == ****dialog)
        {
            dialog.close();
        }
    }
}
