"""The one kind of error that this package raises on purpose."""


class UnstuckError(Exception):
    """Says what can't be saved or diagnosed, where in the user's code, and what to change."""
