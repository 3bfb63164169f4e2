"""Operation schemes (DAMOS): whether and where each acts, how much, and what it counts (sections 6 to 8).

Nothing here knows the memory that is acted on: an `Actor` applies actions, and `Metrics` tell how the machine is.
"""
