"""What a user asks DAMON for: values, their meaning, their checks, and their damo form."""
