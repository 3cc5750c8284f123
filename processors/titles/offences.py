"""Takedowns against a seller: strikes that count and expire, and what may come back."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from datasketch import MinHash

from processors.matching.folding import fold
from processors.policies.standing_policy import REPEAT_STRIKES, STRIKE_DAYS, UNCONTESTED_DAYS
from processors.registers.references import names_key
from processors.standing.struck_listings import listing_count
from processors.titles.misuse import RelistingFinding, StrikesFinding
from processors.titles.removals import ground_of
from schemas.durations import DAY_MILLISECONDS
from schemas.events.detections import BlockListing, DelistListing
from schemas.events.listings import ListingChanged
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing

Named = TakeDownListing | RestrictListing
Command = Named | ReinstateListing | BlockListing | DelistListing

MAXIMUM_OFFENCES = 200
"""Takedowns kept of one seller; beyond it the oldest are forgotten."""

NEAR_DUPLICATE = 0.7
"""Jaccard likeness of titles' three-letter shingles from which one repeats the other."""

PERMUTATIONS = 64
SEED = 1
SHINGLE_CHARACTERS = 3

Signature = tuple[int, ...]


class Offence(NamedTuple):
    """One takedown, block or delisting; `signature` is the MinHash of the title, if known."""

    command_id: str
    case_id: str
    listing_id: str
    issued_at_milliseconds: int
    trademark_key: str | None
    signature: Signature
    marketplace: str = ""
    ground: str = ""
    automated: bool = True

    def counts(self, now_milliseconds: int) -> bool:
        """Tell whether it counts against the seller at a time.

        It does once a person decided it, or nobody contested it in time: what is put back is no
        longer among a seller's offences.
        """
        waits = UNCONTESTED_DAYS * DAY_MILLISECONDS if self.automated else 0
        return self.issued_at_milliseconds + waits <= now_milliseconds

    def is_for(self, listing_id: str, marketplace: str) -> bool:
        """Tell whether it is, or may be, for a listing; older ones do not tell the marketplace."""
        return self.listing_id == listing_id and self.marketplace in ("", marketplace)


class Resemblance(NamedTuple):
    """The listing taken down that a title is nearest to, and how near."""

    offence: Offence
    likeness: float


def record(offences: tuple[Offence, ...], command: Command) -> tuple[Offence, ...]:
    """Return a seller's offences after a command; a repeated command changes nothing.

    A reinstatement takes back the strike of its case, and of those that fell before it.
    """
    if isinstance(command, ReinstateListing):
        undone = {command.case_id, *command.undone_case_ids}
        return tuple(each for each in offences if each.case_id not in undone)
    if any(each.command_id == command.command_id for each in offences):
        return offences
    case_id = command.case_id if isinstance(command, Named) else command.detection_id
    offence = Offence(
        command.command_id,
        case_id,
        command.listing_id,
        command.issued_at_milliseconds,
        command.trademark_key,
        signature_of(command.title) if command.title else (),
        command.marketplace,
        _ground(command),
        command.automated,
    )
    ordered = sorted((*offences, offence), key=lambda o: (o.issued_at_milliseconds, o.command_id))
    return tuple(ordered[-MAXIMUM_OFFENCES:])


def strikes(offences: Iterable[Offence], now_milliseconds: int) -> int:
    """Return how many listings' takedowns count at a time, and have not expired."""
    since = now_milliseconds - STRIKE_DAYS * DAY_MILLISECONDS
    return listing_count(
        [
            each
            for each in offences
            if since < each.issued_at_milliseconds and each.counts(now_milliseconds)
        ]
    )


def strikes_finding(count: int) -> StrikesFinding:
    """Tell what a number of strikes makes of a seller."""
    if count == 0:
        return "none"
    return "repeat" if count >= REPEAT_STRIKES else "some"


def resemblance(
    listing: ListingChanged, offences: Iterable[Offence], now_milliseconds: int
) -> Resemblance | None:
    """Return the nearest listing taken down whose title another listing repeats, or None."""
    candidates = [
        offence
        for offence in offences
        if offence.signature
        and not offence.is_for(listing.listing_id, listing.marketplace)
        and offence.counts(now_milliseconds)
    ]
    if not candidates:
        return None
    own = signature_of(listing.title)
    scored = [(_likeness(own, each.signature), each) for each in candidates]
    likeness, nearest = max(scored, key=lambda item: (item[0], item[1].command_id))
    return Resemblance(nearest, likeness) if likeness >= NEAR_DUPLICATE else None


def relisting_finding(
    near: Resemblance | None, trademark_keys: Iterable[str], ground: str
) -> RelistingFinding:
    """Tell whether a title that offends on a ground by marks repeats what was taken down."""
    if near is None:
        return "new"
    if not names_key(near.offence.trademark_key, trademark_keys):
        return "resembling"
    return "repeated" if near.offence.ground == ground else "same_mark"


def _ground(command: Named | BlockListing | DelistListing) -> str:
    if isinstance(command, Named):
        return command.ground
    return ground_of("bound" if "counterfeit_words" in command.reason_codes else "absent")


@lru_cache(maxsize=4_096)
def signature_of(title: str) -> Signature:
    """Return the MinHash of a folded title's shingles (datasketch, fixed seed)."""
    text = fold(title)
    shingles = {
        text[at : at + SHINGLE_CHARACTERS]
        for at in range(max(1, len(text) - SHINGLE_CHARACTERS + 1))
    }
    hashed = MinHash(num_perm=PERMUTATIONS, seed=SEED)
    hashed.update_batch(shingle.encode() for shingle in sorted(shingles))
    return tuple(int(value) for value in hashed.hashvalues)


def _likeness(one: Signature, other: Signature) -> float:
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)
