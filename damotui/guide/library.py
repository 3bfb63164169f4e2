"""The lessons that damotui brings, each a file of its own."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from damotui.commands import suggestion
from damotui.guide.lesson import Lesson
from engine.errors import InputError, shown

_SUFFIX = ".toml"


def lesson_names() -> list[str]:
    """The names of all lessons, sorted."""
    return sorted(_shipped())


def all_lessons() -> list[Lesson]:
    """All lessons, in the order in which they are best taken."""
    return sorted((load_lesson(name) for name in _shipped()), key=lambda lesson: (lesson.place, lesson.name))


def load_lesson(name: str) -> Lesson:
    """A lesson by its name, in which case does not matter, and underscores stand for hyphens.

    Raises:
        InputError: there is none of that name; the message has those that come close.
    """
    from damotui.guide.lesson_file import parse_lesson

    shipped = _shipped()
    plain = name.lower().replace("_", "-")
    if plain not in shipped:
        raise InputError(f"there is no lesson {shown(name)}: {suggestion(plain, sorted(shipped))}")
    return parse_lesson(shipped[plain].read_text("utf-8"), plain)


def _shipped() -> dict[str, Traversable]:
    folder = files("damotui") / "guide" / "lessons"
    return {file.name.removesuffix(_SUFFIX): file for file in folder.iterdir() if file.name.endswith(_SUFFIX)}
