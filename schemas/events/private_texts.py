"""What stands in events in place of texts that parties wrote."""

from typing import NamedTuple

from schemas.fields import UpTo300, Whole, Word


class PrivateText(NamedTuple):
    """A text that lies encrypted in the store of private texts, and what decisions read of it."""

    sha256: Word
    """Hash of the text with its party's salt, by which the store finds it; 64 hexadecimal
    digits."""
    characters: Whole
    """How many characters it has, without spaces around it."""
    reads_as: UpTo300[Word] = ()
    """What it reads as: email_address, date, words; all that are true."""
