"""Who runs a command."""

import getpass

from ops.errors import OperatorError


def user_name(option: str) -> str:
    """Return the name under which the command runs.

    Errors: OperatorError where there is none, which names the option that tells it.
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # a container's user may have no name
        raise OperatorError(f"give {option}") from error
