"""The pages of drafts: which there are, going on with one, and throwing one away."""

from starlette.responses import RedirectResponse, Response

from ops.web.drafts import drafts, opened, throw_away
from ops.web.filing_pages import step_page
from ops.web.rendering import render
from ops.web.site import Visit
from streams.sources.filing.problems import NOT_FOUND, Problem


def show_drafts(visit: Visit) -> Response:
    """Show a party's drafts."""
    return render(
        visit,
        "drafts.html",
        drafts=drafts(visit),
        told=visit.request.query_params.get("told", ""),
    )


def go_on_with(visit: Visit, draft_id: str) -> Response:
    """Show the step of filing at which a draft was left, without documents that are gone."""
    draft, fields = opened(visit, draft_id)
    visit.note("read_draft", draft_id)
    named = {each: each.partition(":")[0] for each in fields.get("evidence", [])}
    there = visit.services.store.evidence_of(visit.caller.party_id, list(named.values()))
    kept = [each for each, evidence_id in named.items() if evidence_id in there]
    fields["evidence"] = kept
    return step_page(visit, draft.step, fields, (), draft_id, len(named) - len(kept))


def remove(visit: Visit, draft_id: str) -> Response:
    """Throw a draft away."""
    if not throw_away(visit, draft_id):
        raise Problem(NOT_FOUND)
    visit.note("remove_draft", draft_id)
    return RedirectResponse(visit.address("/drafts?told=removed"), 303)
