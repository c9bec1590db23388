"""The report of a run: every measurement as text, tables and pictures."""
