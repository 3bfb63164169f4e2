"""The project as it is installed, started, and told about in the README."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import damotui

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
README = (ROOT / "README.md").read_text()
CONSOLE_SCRIPT = "import sys\nfrom damotui.launch import main\nsys.exit(main())\n"
TRAP = 'print("a stranger runs")\n'


def run(*command, cwd, path=(), **environment):
    """Run Python with `path` as PYTHONPATH."""
    return subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(params=["engine", "themes"])
def stranger(request, tmp_path):
    """A directory with a package that has the name of one of ours."""
    package = tmp_path / "stranger" / request.param
    package.mkdir(parents=True)
    for module in ("__init__", "errors", "units", "engine", "loader"):
        (package / f"{module}.py").write_text(TRAP)
    return package.parent


def test_version_is_the_packages():
    assert PYPROJECT["project"]["version"] == damotui.__version__


def test_readme_and_ci_have_the_same_test_command():
    command = next(line for line in README.splitlines() if line.startswith("python3 -m venv") and "pytest" in line)
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()


def test_readme_starts_the_app_with_one_line():
    command = next(line for line in README.splitlines() if line.startswith("python3 -m venv") and "pytest" not in line)
    assert command.endswith(".venv/bin/damotui")


def test_every_data_file_is_inside_a_package_of_the_wheel():
    packages = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert sorted(packages) == ["damotui", "engine", "themes"]
    assert list((ROOT / "engine" / "workload" / "library").glob("*.masim"))
    assert list((ROOT / "damotui" / "presets").glob("*.json"))
    assert list((ROOT / "themes").rglob("*.toml"))


def test_nothing_built_or_big_is_kept_in_the_repository():
    git = shutil.which("git")
    listed = git and subprocess.run([git, "ls-files", "-z", "--cached"], cwd=ROOT, capture_output=True, text=True)
    if not listed or listed.returncode != 0:
        pytest.skip("this is no git checkout")
    kept = [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]
    assert [path.name for path in kept if path.suffix in {".whl", ".pyc", ".so"}] == []
    assert [path.name for path in kept if path.stat().st_size > 1 << 20] == []


def test_module_run_ignores_a_stranger_in_the_working_directory(stranger):
    done = run("-m", "damotui", "workloads", "--json", cwd=stranger, path=[ROOT])
    assert done.returncode == 0, done.stderr
    assert "stairs" in {workload["name"] for workload in json.loads(done.stdout)}
    assert "stranger" not in done.stdout + done.stderr


def test_module_run_ignores_standard_modules_of_the_working_directory(tmp_path):
    for module in ("json", "argparse", "dataclasses"):
        (tmp_path / f"{module}.py").write_text(TRAP)
    done = run("-m", "damotui", "--help", cwd=tmp_path, path=[ROOT])
    assert (done.returncode, done.stderr) == (0, "")
    assert "a stranger runs" not in done.stdout


def test_module_run_works_in_the_checkout():
    done = run("-m", "damotui", "workloads", "--json", cwd=ROOT, PYTHONSAFEPATH="")
    assert done.returncode == 0, done.stderr


def test_module_run_works_without_a_path_of_its_own(stranger):
    done = run("-P", "-m", "damotui", "workloads", "--json", cwd=stranger, path=[ROOT])
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("arguments", [(), ("workloads",), ("record", "--help"), ("--help",)])
def test_module_run_refuses_a_stranger_on_the_path(stranger, tmp_path, arguments):
    done = run("-m", "damotui", *arguments, cwd=tmp_path, path=[stranger, ROOT])
    assert_refused(done, stranger)


def test_console_script_refuses_a_stranger_on_the_path(stranger, tmp_path):
    script = tmp_path / "bin" / "damotui"
    script.parent.mkdir()
    script.write_text(CONSOLE_SCRIPT)
    assert_refused(run(script, "workloads", cwd=tmp_path, path=[stranger, ROOT]), stranger)


def test_console_script_ignores_a_stranger_in_the_working_directory(stranger, tmp_path):
    script = tmp_path / "bin" / "damotui"
    script.parent.mkdir()
    script.write_text(CONSOLE_SCRIPT)
    done = run(script, "workloads", "--json", cwd=stranger, path=[ROOT])
    assert done.returncode == 0, done.stderr
    assert "a stranger runs" not in done.stdout


def test_console_script_refuses_a_strangers_module_beside_it(tmp_path):
    script = tmp_path / "damotui-script"
    script.write_text(CONSOLE_SCRIPT)
    (tmp_path / "engine.py").write_text(TRAP)
    assert_refused(run(script, "workloads", cwd=ROOT, path=[ROOT]), tmp_path / "engine.py")


def assert_refused(done, named):
    """It ended with 2 and one sentence that names the stranger, and ran nothing of his."""
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("damotui: another package named ")
    assert str(named) in done.stderr
