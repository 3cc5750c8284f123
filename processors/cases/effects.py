"""One effect for one listing: of several cases, one commands, and the last one puts it back."""

from processors.cases.enforcement import restored, withdrawn
from processors.step import Output, Step
from schemas.events.cases import Case, ListingCases
from schemas.events.decisions import ComplaintDecided
from schemas.events.takedowns import ReinstateListing, TakeDownListing


def held_down(state: ListingCases, case_id: str) -> bool:
    """Tell whether a case other than this one keeps the listing from being shown, or will soon."""
    others = (case for case in state.cases if case.complaint.complaint_id != case_id)
    return any(case.taken_down for case in others) and _effect_stands(state)


def with_one_effect(
    before: ListingCases, state: ListingCases, outputs: tuple[Output, ...], shown_again: bool
) -> Step:
    """Return the step without commands that others about the listing make idle.

    A takedown of a listing that is already down, or that another case takes down in the same step,
    joins the case that stands. It is not put back while a case keeps it down.
    """
    dropped: set[str] = set()
    takedowns = [each for each in outputs if isinstance(each, TakeDownListing)]
    for place, each in enumerate(takedowns):
        joins = not shown_again and held_down(before, each.case_id)
        if place or joins:
            dropped.add(each.command_id)
    if any(case.taken_down for case in state.cases):
        dropped |= {each.command_id for each in outputs if isinstance(each, ReinstateListing)}
    if not dropped:
        return Step(state, outputs)
    kept = tuple(
        _without_command(each, dropped)
        for each in outputs
        if not (isinstance(each, TakeDownListing | ReinstateListing) and each.command_id in dropped)
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
