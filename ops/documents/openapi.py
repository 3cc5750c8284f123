"""docs/openapi.json, as the application describes itself."""

import json

from streams.sources.filing.app import make_app
from streams.sources.filing.settings import FilingSettings


def render() -> str:
    """Return the document."""
    document = make_app(FilingSettings()).openapi()
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
