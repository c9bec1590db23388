"""Everything that trains, evaluates or is a tutor."""
