"""damotui: DAMON in a terminal, over an embedded engine or what it recorded.

Importing this package must stay free: it holds nothing but the version, so that `damotui --version` answers at once.
"""

__version__ = "0.1.0"
