"""A file of settings to begin with: all of them, with what they stand for, none in force."""

from __future__ import annotations

SAMPLE = """\
# Settings of damotui. Remove the # before those that you want to change.
# Options of the command line win over what stands here; --no-config passes over this file.

# How it looks: a theme (damotui-dark, damotui-light, contrast-dark, contrast-light, daylight, dusk, meadow, midnight,
# or one of your own: a file in the directory themes/ beside this one), and the colours of the heatmap.
# theme = "damotui-dark"
# palette = "inferno"
# transposed = false           # true: time runs across in the heatmap

# What it starts with.
# workload = "stairs"          # a name that damotui workloads lists, or the path of a masim file
# kernel = "6.12"              # whose DAMON runs
# preset = "damon_reclaim"     # a name that damotui presets lists, or "none" for an empty tree
# speed = 10                   # simulated seconds per second, 0.1 to 1000, or "max"

# How it behaves.
# mouse = true                 # false leaves the mouse to the terminal, to select text with
# autosave = true              # keep what is edited for when damotui ends badly
# tour = true                  # offer the tour at the first start

# Other keys, by the names of actions; damotui config --actions lists them. A key that is given to an action is taken
# from whatever else has it in the same place.
# [keys]
# commit = ["c", "f5"]
# kill_process = []            # no key: the command palette still has it
"""
