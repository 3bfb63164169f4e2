"""The file of settings."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from damotui.keep.places import user_places
from damotui.launch import main
from damotui.options import AppOptions
from damotui.settings.model import Settings
from damotui.settings.own_themes import own_themes
from damotui.settings.read import load_settings, parse_settings
from damotui.settings.sample import SAMPLE
from damotui.setup import load_setup
from engine.errors import InputError
from themes import load_app_theme

THEME = load_app_theme("dusk")


def theme_text(name="mine", heat="gray"):
    colours = "\n".join(f'{field} = "{value}"' for field, value in THEME.colours)
    return f'name = "{name}"\ndark = true\nheat = "{heat}"\n[colours]\n{colours}\n'


def test_without_a_file_nothing_is_chosen(tmp_path):
    assert load_settings(tmp_path / "none.toml") == Settings()
    with pytest.raises(InputError, match="--config: there is no file"):
        load_settings(tmp_path / "none.toml", must_exist=True)


def test_all_of_it():
    text = (
        'theme = "dusk"\npalette = "gray"\ntransposed = true\nworkload = "zigzag"\nkernel = "6.12"\n'
        'preset = "wss"\nspeed = "max"\nmouse = false\nautosave = false\ntour = false\n[keys]\ncommit = "f5"\n'
    )
    found = parse_settings(text, "x")
    assert found.speed == math.inf
    assert found.keymap.changed == {"commit": ("f5",)}
    assert (found.theme, found.palette, found.workload, found.kernel, found.preset) == (
        "dusk",
        "gray",
        "zigzag",
        "6.12",
        "wss",
    )
    assert (found.transposed, found.mouse, found.autosave, found.tour) == (True, False, False, False)


def test_the_sample_is_valid_with_and_without_its_signs():
    assert parse_settings(SAMPLE, "x") == Settings()
    lines = [line.removeprefix("# ") for line in SAMPLE.splitlines() if " = " in line or line == "# [keys]"]
    found = parse_settings("\n".join(lines), "x")
    assert found.speed == 10
    assert found.keymap.changed == {"commit": ("c", "f5"), "kill_process": ()}
    assert load_setup(AppOptions(), found).experiment.kernel.name == "6.12"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("theme = ", "f: this is no TOML"),
        ("them = 3", "f: there is no setting 'them': did you mean theme?"),
        ("xyzzy = 3", "f: there is no setting 'xyzzy': known are theme, palette"),
        ("theme = 3", "f: theme is 3, and has to be a text"),
        ('theme = ""', "f: theme is '', and has to be a text"),
        ("mouse = 1", "f: mouse is 1, and has to be true or false"),
        ("speed = 0", "f: speed is 0, and has to be a number from 0.1 to 1000, or max"),
        ("speed = nan", "f: speed is nan"),
        ("speed = true", "f: speed is True"),
        ("keys = 3", "f: keys is 3, and has to be a table"),
        ("[keys]\ncommit = 3", "f: keys.commit is 3, and has to be a key or a list of keys"),
        ("[keys]\ncomit = 'c'", "f: keys: 'comit' is no action: did you mean commit"),
        ("a = " + "[" * 5000 + "]" * 5000, "f: this is"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(text, message):
    with pytest.raises(InputError) as refused:
        parse_settings(text, "f")
    assert str(refused.value).startswith(message)


@given(st.text(max_size=60))
def test_any_text_is_settings_or_a_sentence(text):
    try:
        parse_settings(text, "f")
    except InputError as refused:
        assert str(refused).startswith("f: ")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"#" * ((1 << 20) + 1)])
def test_no_text_and_too_much_of_it(tmp_path, data):
    path = tmp_path / "config.toml"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"settings: .*config.toml.* is (no text|larger)"):
        load_settings(path)
    with pytest.raises(InputError, match="can't be read"):
        load_settings(tmp_path)


def test_options_of_the_command_line_win():
    chosen = Settings(workload="zigzag", speed=5.0, theme="dusk", palette="gray", kernel="6.1")
    plain = load_setup(AppOptions(), chosen)
    assert (plain.workload.name, plain.speed, plain.theme.name, plain.theme.heat) == ("zigzag", 5.0, "dusk", "gray")
    assert plain.kernel.name == "6.1"
    asked = load_setup(AppOptions(workload="stairs", speed=1.0, theme="meadow", kernel="6.12"), chosen)
    assert (asked.workload.name, asked.speed, asked.theme.name, asked.kernel.name) == ("stairs", 1.0, "meadow", "6.12")


def test_a_preset_of_the_settings_gives_way_to_a_file_of_kdamonds(tmp_path):
    path = tmp_path / "k.json"
    path.write_text('{"kdamonds": [{"contexts": [{"ops": "paddr", "targets": [{}]}]}]}')
    chosen = Settings(preset="wss")
    assert load_setup(AppOptions(kdamonds=path), chosen).kdamonds[0].contexts[0].ops == "paddr"


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (Settings(theme="puce"), "theme: 'puce' is not a theme: give one of contrast-dark"),
        (Settings(palette="puce"), "palette: 'puce' is not a heat palette: give one of cividis"),
        (Settings(workload="puce"), "there is no workload 'puce'"),
    ],
)
def test_names_are_looked_up(chosen, message):
    with pytest.raises(InputError, match=message):
        load_setup(AppOptions(), chosen)


class TestOwnThemes:
    def test_are_files_of_a_directory(self, tmp_path):
        (tmp_path / "mine.toml").write_text(theme_text())
        (tmp_path / "readme.txt").write_text("no theme")
        (mine,) = own_themes(tmp_path)
        assert (mine.name, mine.heat, mine.colours) == ("mine", "gray", THEME.colours)
        setup = load_setup(AppOptions(theme="mine"), own_themes=(mine,))
        assert setup.theme is mine and mine in setup.themes
        assert own_themes(tmp_path / "none") == ()

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "mine.toml: dark is None; true or false is needed"),
            (theme_text(name="dusk"), "mine.toml: name is 'dusk', as that of another theme"),
            (theme_text(heat="puce"), "mine.toml: heat is 'puce', and has to be one of cividis"),
        ],
    )
    def test_that_are_wrong_are_refused(self, tmp_path, text, message):
        (tmp_path / "mine.toml").write_text(text)
        with pytest.raises(InputError, match=message):
            own_themes(tmp_path)


class TestCommand:
    def test_says_where_settings_are_and_makes_them_once(self, capsys):
        assert main(["config"]) == 0
        assert "config.toml (not there: --write makes it)" in capsys.readouterr().out
        path = user_places().settings
        try:
            assert main(["config", "--write"]) == 0
            assert path.read_text() == SAMPLE
            assert main(["config", "--write"]) == 2
            assert "is there already and stays as it is" in capsys.readouterr().err
            path.write_text('theme = "dusk"\n[keys]\ncommit = "f5"\n')
            assert main(["config"]) == 0
            out = capsys.readouterr().out
            assert "theme = dusk" in out and "keys of commit: F5" in out
            assert main(["config", "--actions"]) == 0
            assert "commit " in capsys.readouterr().out
        finally:
            path.unlink()

    def test_names_what_is_wrong(self, tmp_path, capsys):
        path = tmp_path / "c.toml"
        path.write_text("colour = 3")
        assert main(["config", "--config", str(path)]) == 2
        assert "there is no setting 'colour'" in capsys.readouterr().err
        path.write_text('theme = "nope"')
        assert main(["config", "--config", str(path)]) == 2
        told = capsys.readouterr()
        assert "theme = nope" in told.out and f"{path}: theme: 'nope' is not a theme: give one of" in told.err
        assert main(["--config", str(tmp_path / "none.toml")]) == 2
        assert "--config: there is no file" in capsys.readouterr().err

    def test_prints_the_sample(self, capsys):
        assert main(["config", "--sample"]) == 0
        assert capsys.readouterr().out == SAMPLE
