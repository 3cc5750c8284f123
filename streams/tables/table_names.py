"""How keys of the tables begin, by what stands under them."""

from typing import Final

MARK: Final = b"T"
"""A mark's history, under its name by the application number."""

ALIAS: Final = b"A"
"""That name, under the mark's name by the registration number."""

PARTY: Final = b"P"
STANDING: Final = b"N"
RULES: Final = b"R"
POLICY: Final = b"L"

APPLICATION: Final = b"application"
REGISTRATION: Final = b"registration"
