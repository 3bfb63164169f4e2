"""What the action does that takes kdamonds from elsewhere: from a preset, or from a file."""

from __future__ import annotations

from collections.abc import Callable

from damotui.presets import all_presets
from damotui.screens.deed_base import DeedBase
from damotui.screens.source_dialog import SourceDialog, Way
from damotui.session.kinds import kind_of, name_of, place_for
from damotui.session.tree import Path
from engine.config.model import Kdamond
from engine.errors import InputError

_FILE = (
    "Kdamonds as damo has them: damo args damon --format json prints such a file, and damo start takes one. What of it "
    "is not known here is passed over, and told."
)


class PresetDeeds(DeedBase):
    """Choose where from, and stage it."""

    _file = ""
    """What was last typed as the name of a file."""

    def load_preset(self) -> None:
        """In place of the whole tree, beside it, or its schemes alone."""
        presets = all_presets()
        kernel, nodes = self._session.kernel, self._screen.node_bytes
        choices = [(p.name, p.title if kernel.has(p.needs) else kernel.lack(p.needs)) for p in presets]
        lacking = [at for at, preset in enumerate(presets) if not kernel.has(preset.needs)]
        details = [f"{preset.explanation} Linux {preset.since_release} or later." for preset in presets]
        dialog = SourceDialog(
            "Load a preset", [*choices, ("file…", "kdamonds of damo's JSON")], [*details, _FILE], lacking
        )

        def load(choice: int | None) -> None:
            if choice is None:
                return
            if choice == len(presets):
                self._ask_file(dialog.way)
                return
            preset = presets[choice]

            def stage() -> None:
                preset.check_kernel(kernel)
                self._bring(preset.for_machine(sum(nodes), nodes), f"preset {preset.name}", dialog.way)

            self._screen.attempt(stage)

        self._screen.app.push_screen(dialog, load)

    def _ask_file(self, way: Way) -> None:
        from damotui.kdamonds_file import read_kdamonds
        from damotui.path_names import expanded
        from damotui.screens.path_dialog import PathDialog

        def take(text: str) -> None:
            self._file = text
            path = expanded(text)
            if not text.strip():
                raise InputError("give the name of a file")
            if path.exists() and not path.is_file():
                raise InputError(f"{text} is no file that could be read to its end")
            notes: list[str] = []
            self._bring(read_kdamonds(path, notes), f"file {path.name}", way)
            for note in notes:
                self._screen.tell(note, "warning")

        title = f"Load kdamonds from a file, {way.value}"
        self._screen.app.push_screen(PathDialog(title, self._file, take, ".json"))

    def _bring(self, kdamonds: tuple[Kdamond, ...], name: str, way: Way) -> None:
        """Stage them, and say what comes next.

        Raises:
            InputError: they can't be staged that way.
        """
        ways: dict[Way, Callable[[tuple[Kdamond, ...], str], tuple[Path, str]]] = {
            Way.REPLACE: self._replace,
            Way.APPEND: self._append,
            Way.SCHEMES: self._add_schemes,
        }
        path, said = ways[way](kdamonds, name)
        if way is Way.REPLACE:
            self._screen.tree_side.view.start(roomy=False)
        self._screen.tree_side.go_to(path)
        self._screen.staged_changed()
        self._screen.tell(f"{name} {said}, u takes it back")

    def _replace(self, kdamonds: tuple[Kdamond, ...], name: str) -> tuple[Path, str]:
        self._session.load(kdamonds, name)
        return (0,), f"is staged: {self._next_keys(kdamonds)}"

    def _append(self, kdamonds: tuple[Kdamond, ...], name: str) -> tuple[Path, str]:
        path = self._session.extend((), kdamonds, f"add {name}")
        return path, f"is staged as {name_of(path)}: s starts it"

    def _add_schemes(self, kdamonds: tuple[Kdamond, ...], name: str) -> tuple[Path, str]:
        schemes = [scheme for kdamond in kdamonds for context in kdamond.contexts for scheme in context.schemes]
        if not schemes:
            raise InputError(f"{name} has no schemes")
        place = place_for(self._session.staged, kind_of(("schemes",)), self._row().path)
        if place is None:
            raise InputError("schemes go into a context: go to one")
        path = self._session.extend(place[0], schemes, f"add schemes of {name}", place[1])
        return path, f"has given {len(schemes)} scheme{'s' * (len(schemes) > 1)} to {name_of(path[:1])}: c commits"

    def _next_keys(self, kdamonds: tuple[Kdamond, ...]) -> str:
        """How it comes into force: operations can't be changed while a kdamond runs."""
        committed = self._session.committed
        changed = [at for at in sorted(self._session.running) if _ops(kdamonds[at]) != _ops(committed[at])]
        if changed:
            return f"s stops kdamond {changed[0]}, and starts it again with other operations"
        return "C commits it"


def _ops(kdamond: Kdamond) -> list[str]:
    return [context.ops for context in kdamond.contexts]
