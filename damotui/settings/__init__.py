"""What a user has chosen once for all sessions: read from a TOML file. Imports no Textual."""
