"""What outlasts a session: the place of settings, saved and autosaved sessions, recent ones. Imports no Textual."""
