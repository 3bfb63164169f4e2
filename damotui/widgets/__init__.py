"""What is on the screen, one widget a file: widgets show values and post messages."""
