"""What the help says is what the commands are."""

import pytest
import typer

from damotui import __version__
from damotui.cli import command_line
from damotui.commands import COMMANDS, RUN, suggestion
from damotui.launch import main

GROUPS = {"report": ["heatmap", "access", "wss"], "bench": ["engine", "app"]}


def shown_by(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        raise SystemExit(main(arguments))
    assert end.value.code == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def test_table_has_all_commands_of_typer():
    group = typer.main.get_command(command_line())
    assert {*group.commands} == {*COMMANDS} - {RUN}
    assert {name: [*group.commands[name].commands] for name in GROUPS} == GROUPS


def test_help_shows_all_commands_and_options(capsys):
    shown = shown_by(["--help"], capsys)
    assert all(f"  {name} " in shown and summary in shown for name, summary in COMMANDS.items())
    for option in [
        "workload",
        "kdamonds",
        "preset",
        "kernel",
        "seed",
        "speed",
        "theme",
        "no-loop",
        "memory",
        "version",
    ]:
        assert f"--{option}" in shown


def test_run_has_the_help_of_the_app(capsys):
    assert shown_by(["run", "--help"], capsys) == shown_by(["--help"], capsys)


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != RUN])
def test_help_of_a_command_begins_with_its_line_of_the_table(command, capsys):
    shown = " ".join(shown_by([command, "--help"], capsys).split())
    assert f"damotui {command}" in shown
    assert COMMANDS[command][1:] in shown


@pytest.mark.parametrize("arguments", [["--version"], ["run", "--version"], ["--seed", "1", "--version"]])
def test_version(arguments, capsys):
    assert shown_by(arguments, capsys) == f"damotui {__version__}\n"


def test_suggestion_is_close_or_all():
    assert suggestion("reprot", ["record", "report"]) == "did you mean report?"
    assert suggestion("zzz", ["record", "report"]) == "known are record, report"
