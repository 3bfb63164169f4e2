"""Tuning one scheme: its values step by step, and what they would match, before anything is committed."""
