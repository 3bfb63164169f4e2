"""Files of lessons: what is read of them, and the sentence that refuses what can't be used."""

import pytest

from damotui.guide.lesson_file import parse_lesson
from damotui.processes import NamedProcess
from engine.errors import InputError

GOOD = '''
title = "A lesson"
about = """
Some
words.
"""
place = 3
kernel = "6.0"
workload = "stairs"
processes = ["workload:42", "masim"]
memory = "192MiB"
swap = "0"

[[steps]]
title = "One"
text = "What it is about."
section = "kdamonds/"
commands = """

echo "two
  lines"
"""

[[steps.checks]]
sees = "It is {found}."
run = "cat kdamonds/0/state"
says = "on"

[[steps.checks]]
sees = "There are {found}."
figure = "resident_bytes"
unit = "bytes"
at_least = 1

[[steps]]
title = "Two"
text = "Only to be read."
'''


def test_all_of_it_is_read():
    lesson = parse_lesson(GOOD, "a-lesson")
    assert (lesson.name, lesson.title, lesson.about, lesson.place) == ("a-lesson", "A lesson", "Some words.", 3)
    assert (lesson.kernel, lesson.workload, lesson.process) == ("6.0", "stairs", "workload")
    assert lesson.processes == (NamedProcess("workload", 42), NamedProcess("masim"))
    assert (lesson.memory_bytes, lesson.swap_bytes) == (192 << 20, 0)
    one, two = lesson.steps
    assert one.commands == 'echo "two\n  lines"'
    assert one.looks == ("cat kdamonds/0/state",)
    assert one.checks[0].says == "on" and not one.checks[0].is_number
    assert one.checks[1].figure == "resident_bytes" and one.checks[1].is_number
    assert (two.commands, two.section, two.checks) == ("", "", ())


def test_its_machine_has_what_it_asks_for():
    experiment = parse_lesson(GOOD, "a-lesson").experiment()
    assert (experiment.kernel.name, experiment.workload.name, experiment.kdamonds) == ("6.0", "stairs", ())
    assert (experiment.memory_bytes, experiment.swap_bytes, experiment.loop) == (192 << 20, 0, True)
    assert [str(process) for process in experiment.processes] == ["workload:42", "masim"]


@pytest.mark.parametrize(
    ("change", "to", "said"),
    [
        ('title = "A lesson"', "", "title is missing: give a text of up to 4,000 characters"),
        ('title = "A lesson"', 'title = ""', "title is '', and has to be a text"),
        ('title = "A lesson"', "title = 3", "title is 3, and has to be a text"),
        ('title = "A lesson"', 'title = "a\\nb"', "title is 'a\\nb', and has to be a text of one line"),
        ('title = "A lesson"', 'title = "\\u001b[2J"', "title holds something that can't be printed"),
        ('title = "A lesson"', f'title = "{"x" * 5000}"', "title is 'xxx"),
        ("place = 3", "place = true", "place is True, and has to be a whole number from 0 to 1000"),
        ("place = 3", "place = -1", "place is -1, and has to be a whole number"),
        ('kernel = "6.0"', 'kernel = "6.99"', "kernel: '6.99' is not a kernel that can be simulated"),
        ('kernel = "6.0"', "kernel = 6.0", "kernel is 6.0, and has to be a text"),
        ('workload = "stairs"', 'workload = "/etc/passwd"', "workload: '/etc/passwd' is not in the library"),
        ('"masim"]', '"masim:1"]', "processes: 'masim:1' has no pid behind the colon"),
        ('"masim"]', "3]", "processes is a list, and has to be a list of up to 8 processes"),
        ('memory = "192MiB"', 'memory = "much"', "memory: "),
        ('memory = "192MiB"', "memory = 5", "memory is 5, and has to be a text"),
        ("place = 3", "place = 3\nkernal = 1", "there is no 'kernal' here: did you mean kernel?"),
        ('section = "kdamonds/"', "section = []", "steps[0]: section is a list, and has to be"),
        ("says", "sais", "steps[0]: checks[0]: there is no 'sais' here: did you mean says?"),
        ('figure = "resident_bytes"', 'figure = "rss"', "checks[1]: figure is 'rss', and has to be one of nr_regions"),
        ('unit = "bytes"', 'unit = "MB"', "unit is 'MB', and has to be one of bytes, us, percent"),
        ("at_least = 1", "at_least = nan", "at_least is nan, and has to be a number"),
        ("at_least = 1", 'at_least = "1"', "at_least is '1', and has to be a number"),
        ('says = "on"', 'finds = "("', "finds is no regular expression"),
        ('says = "on"', f'finds = "{"a" * 300}"', "finds is 'aaa"),
        ('says = "on"', 'says = "on"\nholds = "o"', "says is given together with what else is wanted"),
        ('says = "on"', 'says = "on"\nlines = true', "says is given together with what else is wanted"),
        ('says = "on"', 'says = "on"\nunit = "us"', "unit is given, and nothing that is a number"),
        ('says = "on"', "lines = 1", "lines is 1, and has to be true or false"),
        ('figure = "res', 'run = "ls"\nfigure = "res', "run and figure are both given: give one of the two"),
        ('text = "Only to be read."', 'text = "r"\nrefused = true', "steps[1]: there are no commands"),
        ('text = "Only to be read."', 'text = "r"\nchecks = 3', "checks is 3, and has to be a list of up to 12 tables"),
        ("[[steps]]", "[[stepz]]", "steps is a table, and has to be a list of up to 40 tables, each as [[steps]]"),
        ("place = 3", "place = ", "this is no TOML"),
        ("place = 3", f"place = {'[' * 5000}", "this is"),
    ],
)
def test_what_can_t_be_used_is_refused_in_a_sentence(change, to, said):
    assert change in GOOD
    with pytest.raises(InputError) as refused:
        parse_lesson(GOOD.replace(change, to), "a-lesson")
    message = str(refused.value)
    assert message.startswith("lesson a-lesson") and said in message
    assert "\n" not in message.removeprefix("lesson a-lesson: this is no TOML") and len(message) < 400


@pytest.mark.parametrize("name", ["", "A", "a--b", "../a", "a b"])
def test_names_are_plain(name):
    with pytest.raises(InputError, match="a name has small letters"):
        parse_lesson(GOOD, name)


def test_there_are_only_so_many_steps():
    head, step = GOOD.split("[[steps]]", 1)[0], '[[steps]]\ntitle = "s"\ntext = "t"\n'
    assert len(parse_lesson(head + 40 * step, "x").steps) == 40
    with pytest.raises(InputError, match="there are no steps"):
        parse_lesson(head, "x")
    with pytest.raises(InputError, match="a list of up to 40 tables"):
        parse_lesson(head + 41 * step, "x")
