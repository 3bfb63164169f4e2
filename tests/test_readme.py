"""What the README shows of Python works as shown."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_the_examples_of_the_python_interface_give_what_they_show() -> None:
    blocks = re.findall(r"^```pycon\n(.*?)^```$", README.read_text("utf-8"), re.M | re.S)
    assert len(blocks) == 5
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README.md", str(README), 0)
    printed: list[str] = []
    results = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(test, out=printed.append)
    assert results.attempted > 30
    assert results.failed == 0, "".join(printed)
