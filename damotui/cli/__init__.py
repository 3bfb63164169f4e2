"""The commands that typer serves: thin shells, one file per group.

Textual, numpy and the engine are imported inside the functions that need them, so that `--help` stays fast.
"""

from __future__ import annotations

from collections.abc import Sequence

import typer

from damotui.cli import bench, config, lessons, mount, presets, record, report, serve, shell, workloads
from damotui.commands import COMMANDS
from damotui.exits import INTERRUPTED, OK
from engine.errors import InputError

_WITH_OPTIONS_OF_THE_APP = {"allow_extra_args": True, "ignore_unknown_options": True}


def command_line() -> typer.Typer:
    """All commands, without those that the launcher serves itself."""
    app = _typer("DAMON in your hands.")
    app.command("record", help=_sentence("record"))(record.record)
    app.add_typer(_group("report", report.REPORTS), name="report")
    app.command("shell", help=_sentence("shell"))(shell.shell)
    app.command("mount", help=_sentence("mount"))(mount.mount)
    app.command("serve", help=_sentence("serve"), context_settings=_WITH_OPTIONS_OF_THE_APP)(serve.serve)
    app.command("workloads", help=_sentence("workloads"))(workloads.workloads)
    app.command("presets", help=_sentence("presets"))(presets.presets)
    app.command("lessons", help=_sentence("lessons"))(lessons.lessons)
    app.command("config", help=_sentence("config"))(config.config)
    app.add_typer(_group("bench", bench.BENCHES), name="bench")
    return app


def run_command(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: the command and what follows it.

    Returns:
        The exit code.

    Raises:
        InputError: the arguments can't be used; typer's own complaints become this.
    """
    command = typer.main.get_command(command_line())
    try:
        result = command.main(args=list(arguments), prog_name="damotui", standalone_mode=False)
    except typer.Abort:
        return INTERRUPTED
    except typer.TyperException as error:
        raise InputError(_as_sentence(error)) from None
    return result if isinstance(result, int) else OK


def _typer(help_text: str) -> typer.Typer:
    return typer.Typer(help=help_text, rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


def _group(name: str, commands: Sequence[typer.models.CommandFunctionType]) -> typer.Typer:
    group = _typer(_sentence(name))
    for command in commands:
        group.command()(command)
    return group


def _sentence(name: str) -> str:
    summary = COMMANDS[name]
    return f"{summary[:1].upper()}{summary[1:]}."


def _as_sentence(error: typer.TyperException) -> str:
    """What typer complains about, with where to read on."""
    message = error.format_message().strip().rstrip(".")
    context = getattr(error, "ctx", None)
    hint = f"; see {context.command_path} --help" if context is not None else ""
    return f"{message[:1].lower()}{message[1:]}{hint}"
