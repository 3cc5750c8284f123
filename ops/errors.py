"""Errors that the operator can mend."""


class OperatorError(Exception):
    """Something that a command needs is missing or wrong; the message says what to do."""
