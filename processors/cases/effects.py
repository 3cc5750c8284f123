"""One effect for one listing: of several cases, one commands, and the last one puts it back."""

from processors.cases.enforcement import Removal, restored, withdrawn
from processors.step import Output, Step
from schemas.events.cases import Case, ListingCases
from schemas.events.decisions import ComplaintDecided
from schemas.events.listings import ListingChanged
from schemas.events.takedowns import ReinstateListing, TakeDownListing


def held_down(state: ListingCases, case_id: str, detected: bool = False) -> bool:
    """Tell whether a case other than this one keeps the listing from being shown, or will soon.

    What is `detected` in one version joins no block of another.
    """
    others = (case for case in state.cases if case.complaint.complaint_id != case_id)
    holding = (case for case in others if not (detected and case.detection is not None))
    return any(_holds(case, state.listing) for case in holding) and _effect_stands(state)


def released(
    cases: tuple[Case, ...], before: ListingChanged | None, listing: ListingChanged
) -> bool:
    """Tell whether a block that held a listing's former version does not hold this one."""
    return any(
        case.detection is not None and _holds(case, before) and not _holds(case, listing)
        for case in cases
    )


def _holds(case: Case, listing: ListingChanged | None) -> bool:
    """Tell whether a case keeps a listing down as it is now: a block is for one version, and for
    what the marketplace tells of it."""
    found = case.detection
    if found is None or listing is None or not case.taken_down:
        return case.taken_down
    if listing.version <= found.listing_version:
        return True
    same = found.removal == "delist" or listing.title == found.title
    return same and listing.status != "active"


def with_one_effect(
    before: ListingCases, state: ListingCases, outputs: tuple[Output, ...], shown_again: bool
) -> Step:
    """Return the step without commands that others about the listing make idle.

    A takedown of a listing that is already down, or that another case takes down in the same step,
    joins the case that stands. It is not put back while a case keeps it down.
    """
    dropped: set[str] = set()
    removals = [each for each in outputs if isinstance(each, Removal)]
    for place, each in enumerate(removals):
        detected = not isinstance(each, TakeDownListing)
        case_id = each.case_id if isinstance(each, TakeDownListing) else each.detection_id
        joins = not shown_again and held_down(before, case_id, detected)
        if place or joins:
            dropped.add(each.command_id)
    put_back = any(isinstance(each, ReinstateListing) for each in outputs)
    if put_back and any(_holds(case, state.listing) for case in state.cases):
        dropped |= {each.command_id for each in outputs if isinstance(each, ReinstateListing)}
        put_back = False
    if put_back:
        outputs = tuple(_with_undone(each, state) for each in outputs)
    if not dropped:
        return Step(state, outputs)
    kept = tuple(
        _without_command(each, dropped)
        for each in outputs
        if not (isinstance(each, Removal | ReinstateListing) and each.command_id in dropped)
    )
    return Step(_without_commands(before, state, dropped), kept)


def _effect_stands(state: ListingCases) -> bool:
    """Tell whether the listing is not shown, or a takedown that was commanded is on its way."""
    if state.listing is None or state.listing.status != "active":
        return True
    return any(
        given is not None
        and given.action == "take_down"
        and given.stage in ("commanded", "acknowledged")
        for given in (case.enforcement for case in state.cases)
    )


def _with_undone(output: Output, state: ListingCases) -> Output:
    """Return a command that puts a listing back with the other cases that took it down once."""
    if not isinstance(output, ReinstateListing):
        return output
    undone = tuple(
        case.complaint.complaint_id
        for case in state.cases
        # Whoever sells it may object from a takedown on.
        if case.counter_notice is not None
        and not case.taken_down
        and case.complaint.complaint_id != output.case_id
    )
    return output._replace(undone_case_ids=undone) if undone else output


def _without_command(output: Output, dropped: set[str]) -> Output:
    if isinstance(output, ComplaintDecided) and output.command_id in dropped:
        return output._replace(command_id=None)
    return output


def _without_commands(before: ListingCases, state: ListingCases, dropped: set[str]) -> ListingCases:
    """Return the row whose cases await nothing of the commands that were not given after all."""
    former = {case.complaint.complaint_id: case for case in before.cases}

    def settled(case: Case) -> Case:
        given = case.enforcement
        if given is None or given.command_id not in dropped:
            return case
        earlier = former.get(case.complaint.complaint_id)
        # What was commanded before may still be on its way.
        return withdrawn(case) if earlier is None else restored(withdrawn(case), earlier)

    return ListingCases(tuple(map(settled, state.cases)), state.listing)
