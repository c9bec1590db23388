"""Decisions with their reasons: the service, what it says, its guard-rails, and feedback."""
