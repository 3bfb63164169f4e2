"""Screens: they lay widgets out, and route what users do to the session."""
