"""All words of the shell, and `help`, which tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from types import MappingProxyType

from damotui.commands import suggestion
from damotui.shell import file_words, perf, printf, process_words
from damotui.shell.call import Call, CommandProblem, Word
from engine.errors import shown

_WIDTH = 100
_LANGUAGE = """\
  a; b   a && b   a || b   ! a   a | b   a &   lists of commands; a & runs in the background
  > FILE   2> FILE   2>&1   < FILE             where output goes to, and input comes from
  x=1   x+=2   $x   ${x}   "$x"   '...'   \\x   variables and quotes; a string may have several lines
  $(pidof NAME)   $((1024 * 4))   * ? [a-z]    what commands print, arithmetic, file names
  <sysfs>   <debugfs>   <workload>             /sys, /sys/kernel/debug, the name of the workload
  # COMMENT                                    # in front of a word of the shell is a copied prompt
"""


def _help(call: Call) -> int:
    if not call.arguments:
        width = max(len(word.usage) for word in WORDS.values()) + 2
        for word in WORDS.values():
            first = word.help.partition(". ")[0].removesuffix(".")
            call.out.write(f"  {word.usage:<{width}}{first}\n")
        call.out.write(
            f"\n{_LANGUAGE}\nhelp WORD says more. Simulated time passes only in sleep, wait, perf record and\n"
        )
        call.out.write("writes that wait for the kernel. The files begin at /sys/kernel/mm/damon/admin.\n")
        return 0
    for name in call.arguments:
        asked = WORDS.get(name)
        if asked is None:
            raise CommandProblem(f"there is no word {shown(name)} here: {suggestion(name, WORDS)}")
        lines = fill(asked.help, _WIDTH, initial_indent="    ", subsequent_indent="    ")
        call.out.write(f"{asked.usage}\n{lines}\n")
    return 0


_HELP = Word("help", "help [WORD...]", "Lists the words of this shell, or tells of one.", _help)

WORDS: Mapping[str, Word] = MappingProxyType(
    {word.name: word for word in (*file_words.WORDS, printf.WORD, *process_words.WORDS, perf.WORD, _HELP)}
)
