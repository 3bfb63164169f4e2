"""What is on the screen, as a file: a picture of it, its text, or the figures behind it. Imports no Textual."""
