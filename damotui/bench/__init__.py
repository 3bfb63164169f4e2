"""How fast it is: measured by commands, never by tests."""
