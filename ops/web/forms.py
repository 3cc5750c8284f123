"""Forms as requests to the filing API: the same models, the same handlers, the same refusals."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.responses import JSONResponse

from ops.web.site import Visit
from streams.sources.filing.fields import field_errors
from streams.sources.filing.problems import MAXIMUM_ERRORS, FieldError, Problem

Body = TypeVar("Body", bound=BaseModel)


class Sent(NamedTuple):
    """What became of a form: a receipt, or what is wrong with it."""

    receipt: dict[str, Any] | None
    errors: tuple[FieldError, ...] = ()


def send(
    visit: Visit,
    model: type[Body],
    content: dict[str, Any],
    file: Callable[[Body], JSONResponse],
) -> Sent:
    """File what a form says, as the API does; sent again it is answered as the first time.

    Errors: Problem, but where fields are wrong, which is told.
    """
    body, errors = read(model, content)
    if body is None:
        return Sent(None, errors)
    visit.request.state.content = content
    try:
        response = file(body)
    except Problem as problem:
        if not problem.errors:
            raise
        return Sent(None, problem.errors)
    return Sent(json.loads(bytes(response.body)))


def read(model: type[Body], content: dict[str, Any]) -> tuple[Body | None, tuple[FieldError, ...]]:
    """Return a form's content as the API reads it, or what is wrong with it."""
    try:
        return model.model_validate(content), ()
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False)[:MAXIMUM_ERRORS]
        return None, tuple(field_errors(told))


def given(**fields: Any) -> dict[str, Any]:
    """Return the fields that hold something."""
    return {name: value for name, value in fields.items() if value not in ("", None, [], {})}
