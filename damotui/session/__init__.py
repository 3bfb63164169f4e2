"""The document a user works on: the staged config, its history, and what of it is committed.

Knows no widget and no engine: requests go out through a callable, outcomes and snapshots come in as values.
"""
