"""The name under which this software is installed."""

from typing import Final

DISTRIBUTION: Final = "ip-takedown-streams"
