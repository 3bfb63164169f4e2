"""Where damotui keeps what a user has chosen and done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_NAME = "damotui"


@dataclass(frozen=True, slots=True)
class Places:
    """Directories, which need not exist."""

    config: Path
    """Settings, and the user's own themes."""
    state: Path
    """What is kept by itself: autosaved sessions, and the list of recent ones."""
    data: Path
    """Where sessions are saved if no other directory is named."""

    @property
    def settings(self) -> Path:
        """The file of settings."""
        return self.config / "config.toml"

    @property
    def themes(self) -> Path:
        """The directory of the user's own themes."""
        return self.config / "themes"


def user_places() -> Places:
    """The directories of the user: those of the XDG base directory specification, as the environment sets them."""
    import platformdirs  # Textual imports it, too

    return Places(
        config=platformdirs.user_config_path(_NAME, appauthor=False),
        state=platformdirs.user_state_path(_NAME, appauthor=False),
        data=platformdirs.user_data_path(_NAME, appauthor=False),
    )
