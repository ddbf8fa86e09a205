"""Whom one does not want to be shown, with the way back."""

import streamlit as st

from app.services.finding import Hidden
from app.services.identity import Identity
from app.views.parts import company, notices
from app.views.parts.texts import counted, label, say


def show_hidden(identity: Identity) -> None:
    """Draw the list; nothing where nobody is hidden."""
    hidden = company.services().finding.hidden(identity)
    hidden = [one for one in hidden if not one.helper.has_left]
    if not hidden:
        return
    with st.expander(counted("hidden.title", len(hidden))):
        for one in hidden:
            with st.container(horizontal=True, vertical_alignment="center"):
                _show_one(identity, one)


def _show_one(identity: Identity, one: Hidden) -> None:
    name = one.helper.display_name
    reach = say(f"hide.{one.reason.reach}_reach")
    st.markdown(label("hidden.line", name=name, reason=say(f"hide.{one.reason}"), reach=reach))
    st.button(
        label("hidden.again", name=name),
        key=f"again_{one.id}",
        type="tertiary",
        on_click=notices.take,
        args=(
            lambda: company.services().finding.undo_not_for_me(identity, one.id),
            label("find.undone", name=name),
        ),
    )
