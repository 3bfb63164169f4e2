"""Whether a user has been offered the tour: a mark among what is kept by itself."""

from __future__ import annotations

from damotui.keep.places import Places

_MARK = "tour-offered"


def is_first(places: Places) -> bool:
    """Whether nothing says that it was offered before."""
    try:
        return not (places.state / _MARK).exists()
    except OSError:
        return False


def note_first(places: Places) -> None:
    """Remember it. Where nothing can be written, it is offered again."""
    try:
        places.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        (places.state / _MARK).touch()
    except OSError:
        return
