"""One effect for one listing: of several cases, one commands, and the last one puts it back."""

from processors.cases.enforcement import Removal, restored, withdrawn
from processors.cases.measure import NOWHERE, Hidden, shown_in
from processors.step import Output, Step
from schemas.events.cases import Case, ListingCases
from schemas.events.decisions import ComplaintDecided
from schemas.events.listings import ListingChanged
from schemas.events.notices import NotifyParty
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing


def held_down(state: ListingCases, case_id: str) -> bool:
    """Tell whether a case other than this one keeps the listing from all buyers, or will soon."""
    return _hidden_by_others(state, case_id, detected=False).everywhere


def hidden(cases: tuple[Case, ...], listing: ListingChanged | None) -> Hidden:
    """Return where cases keep a listing from buyers, whether or not that is done by now."""
    found = NOWHERE
    for case in cases:
        if _holds(case, listing):
            found = found.joined(case.territories)
    return found


def _hidden_by_others(
    state: ListingCases, case_id: str, detected: bool, seen: ListingChanged | None = None
) -> Hidden:
    """Return where cases other than this one keep the listing from being shown, or will soon; of
    one that is `seen` again, only where it still is hidden.

    What is `detected` in one version joins no block of another.
    """
    others = tuple(
        case
        for case in state.cases
        if case.complaint.complaint_id != case_id
        and not (detected and case.detection is not None)
        and (_effect_stands(state, case) if seen is None else not shown_in(seen, case.territories))
    )
    return hidden(others, state.listing)


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
    changed: dict[str, Removal | ReinstateListing | None] = {}
    _join_removals(before, state, outputs, shown_again, changed)
    _join_put_backs(state, outputs, changed)
    if not changed:
        return Step(state, outputs)
    dropped = {command_id for command_id, command in changed.items() if command is None}
    hidden_still = {
        each.case_id
        for each in outputs
        if isinstance(each, ReinstateListing) and _is_hidden_still(each, changed)
    }
    kept: list[Output] = []
    for each in outputs:
        if isinstance(each, Removal | ReinstateListing):
            command = changed.get(each.command_id, each)
            kept += [] if command is None else [command]
        else:
            kept.append(_as_it_is(each, dropped, hidden_still))
    return Step(_awaiting(before, state, dropped, changed), tuple(kept))


def _join_removals(
    before: ListingCases,
    state: ListingCases,
    outputs: tuple[Output, ...],
    shown_again: bool,
    changed: dict[str, Removal | ReinstateListing | None],
) -> None:
    """Note removals that add nothing to what is hidden, and name with others all that is to be."""
    done = NOWHERE
    holding = hidden(state.cases, state.listing).countries
    for each in outputs:
        if not isinstance(each, Removal):
            continue
        territories = each.territories if isinstance(each, RestrictListing) else ()
        seen = state.listing if shown_again else None
        there = _hidden_by_others(before, *_subject(each), seen)
        there = Hidden(done.everywhere or there.everywhere, done.countries | there.countries)
        if there.covers(territories):
            changed[each.command_id] = None
        elif isinstance(each, RestrictListing):
            territories = tuple(sorted(holding.union(territories)))
            if territories != each.territories:
                changed[each.command_id] = each._replace(territories=territories)
        done = done.joined(territories)


def _join_put_backs(
    state: ListingCases,
    outputs: tuple[Output, ...],
    changed: dict[str, Removal | ReinstateListing | None],
) -> None:
    """Note put-backs that show nothing, as other cases keep it hidden, and what these keep so."""
    remaining = hidden(state.cases, state.listing)
    cases = {case.complaint.complaint_id: case for case in state.cases}
    for each in outputs:
        if not isinstance(each, ReinstateListing):
            continue
        if remaining.covers(cases[each.case_id].territories):
            changed[each.command_id] = None
            continue
        command = _with_undone(each, state)
        if remaining.countries:
            still = tuple(sorted(remaining.countries))
            command = command._replace(restricted_territories=still)
        if command is not each:
            changed[each.command_id] = command


def _subject(command: Removal) -> tuple[str, bool]:
    """Return the case that a command is of, and whether nobody complained."""
    if isinstance(command, TakeDownListing):
        return command.case_id, False
    if isinstance(command, RestrictListing):
        return command.case_id, command.measure != "take_down"
    return command.detection_id, True


def _effect_stands(state: ListingCases, holding: Case) -> bool:
    """Tell whether the listing is not shown, or a takedown that was commanded is on its way."""
    if state.listing is None or not shown_in(state.listing, holding.territories):
        return True
    return any(
        given is not None
        and given.action == "take_down"
        and given.stage in ("commanded", "acknowledged")
        for given in (case.enforcement for case in state.cases)
    )


def _with_undone(output: ReinstateListing, state: ListingCases) -> ReinstateListing:
    """Return a command that puts a listing back with the other cases that took it down once."""
    undone = tuple(
        case.complaint.complaint_id
        for case in state.cases
        # Whoever sells it may object from a takedown on.
        if case.counter_notice is not None
        and not case.taken_down
        and case.complaint.complaint_id != output.case_id
    )
    return output._replace(undone_case_ids=undone) if undone else output


def _is_hidden_still(
    given: ReinstateListing, changed: dict[str, Removal | ReinstateListing | None]
) -> bool:
    """Tell whether other cases keep hidden, at least in part, what a command puts back."""
    command = changed.get(given.command_id, given)
    return not isinstance(command, ReinstateListing) or bool(command.restricted_territories)


def _as_it_is(output: Output, dropped: set[str], hidden_still: set[str]) -> Output:
    """Return what is told of a decision, without a command that was not given, and with what other
    cases keep hidden."""
    if isinstance(output, ComplaintDecided) and output.command_id in dropped:
        return output._replace(command_id=None)
    if isinstance(output, NotifyParty) and output.case_id in hidden_still:
        facts = output.facts
        if facts is not None and facts.hidden_still is not None:
            return output._replace(facts=facts._replace(hidden_still=True))
    return output


def _awaiting(
    before: ListingCases,
    state: ListingCases,
    dropped: set[str],
    changed: dict[str, Removal | ReinstateListing | None],
) -> ListingCases:
    """Return the row whose cases await nothing of the commands that were not given after all, and
    see a put-back where nothing else keeps the listing hidden."""
    former = {case.complaint.complaint_id: case for case in before.cases}

    def settled(case: Case) -> Case:
        given = case.enforcement
        if given is None:
            return case
        if given.command_id in dropped:
            earlier = former.get(case.complaint.complaint_id)
            # What was commanded before may still be on its way.
            return withdrawn(case) if earlier is None else restored(withdrawn(case), earlier)
        command = changed.get(given.command_id)
        if isinstance(command, ReinstateListing) and given.territories:
            hidden_still = command.restricted_territories
            shown = tuple(each for each in given.territories if each not in hidden_still)
            return case._replace(enforcement=given._replace(territories=shown))
        return case

    return ListingCases(tuple(map(settled, state.cases)), state.listing)
