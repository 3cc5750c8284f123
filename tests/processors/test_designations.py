"""An international registration holds in each country that it designates, for itself."""

import pytest
from world import trademark

from processors.registers.designations import as_designated, where_in_force
from schemas.events.trademarks import Designation

HELD = Designation("DE", "registered")


def international(*designations, **changes):
    fields = {"office": "WO", "territories": ("DE", "FR"), "designations": designations}
    return trademark(**{**fields, **changes})


@pytest.mark.parametrize(
    ("designations", "asserted", "finding", "territories"),
    [
        ((HELD, Designation("FR", "refused")), "DE", "in_force", ("DE",)),
        ((HELD, Designation("FR", "refused")), "FR", "no_longer_in_force", ("DE", "FR")),
        ((HELD, Designation("FR", "withdrawn")), "FR", "no_longer_in_force", ("DE", "FR")),
        ((HELD, Designation("FR", "pending")), "FR", "not_yet_registered", ("DE", "FR")),
        ((HELD, Designation("FR", "opposed")), "FR", "unknown", ("DE", "FR")),
        ((HELD, Designation("FR", "unknown")), "FR", "unknown", ("DE", "FR")),
        ((HELD,), "IT", "in_force", ("DE",)),
        ((), "DE", "unknown", ("DE", "FR")),
        ((), "IT", "in_force", ("DE", "FR")),
        ((Designation("FR", "refused"), Designation("FR", "opposed")), "FR", "unknown", ("FR",)),
    ],
)
def test_where_a_registration_stands(designations, asserted, finding, territories):
    mark, found = as_designated(international(*designations), "in_force", asserted)
    assert (found, mark.territories) == (finding, territories)


def test_a_union_that_is_designated_holds_in_its_countries():
    mark, found = as_designated(international(Designation("EM", "registered")), "in_force", "FR")
    assert found == "in_force"
    assert {"DE", "FR", "PL"} <= set(mark.territories)


def test_a_country_of_a_union_refused_does_not_take_the_union():
    both = (Designation("EM", "registered"), Designation("FR", "refused"))
    assert as_designated(international(*both), "in_force", "FR")[1] == "in_force"


@pytest.mark.parametrize("registry", ["no_longer_in_force", "not_found", "not_yet_registered"])
def test_what_ended_as_a_whole_stands_nowhere(registry):
    assert as_designated(international(HELD), registry, "DE")[1] == registry


def test_what_may_be_renewed_stays_unknown():
    assert as_designated(international(HELD), "unknown", "DE")[1] == "unknown"


def test_monitors_know_where_a_mark_is_in_force():
    national = trademark()
    assert where_in_force(national) is national
    held = where_in_force(international(HELD, Designation("FR", "opposed")))
    assert held is not None
    assert held.territories == ("DE",)
    assert where_in_force(international()) is None
    assert where_in_force(international(Designation("FR", "refused"))) is None
