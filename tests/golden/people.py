"""Marks, parties and words of the golden scenario, as fields by name."""

from random import Random
from typing import Any

Fields = dict[str, Any]

START = 1_700_000_000_000
HOUR = 3_600_000
DAY = 24 * HOUR
MARKETPLACES = ("harbour", "bazaar", "lantern")
GROUNDS = {
    "counterfeit": 30,
    "trademark_infringement": 45,
    "keyword_misuse": 10,
    "copyright_infringement": 11,
    "other": 4,
}
SELLERS = 120
LANGUAGES = ("en", "de", "fr", "zh", "ko")
WORDS = (
    "remover 200 ml",
    "set of three, blue",
    "handmade, with box",
    "for men, size 42",
    "premium quality 2-pack",
    "vintage, used once",
)

MARKS = {
    "US:76044902": ("2824281", "CUTEX", (3,), ("US",), "Cutex Brands, LLC"),
    "US:72244388": ("864928", "AUDION", (7, 35), ("US",), "Audion Works Inc."),
    "EM:018224965": (None, "BURN", (32,), ("DE", "FR", "IT"), None),
    "EM:018229279": ("018229279", "Digital Black", (9,), ("DE", "FR"), "Digital Black GmbH"),
    "DE:302019": ("30201900", "Sonnenhof", (29, 30), ("DE",), "Sonnenhof & Söhne KG"),
    "JP:5501": ("5550101", "資生風", (3, 5), ("JP",), "資生風株式会社"),
    "US:71112081": ("124134", None, (25,), ("US",), "Figure Works Co."),
    "US:74631225": ("2178784", "JAVA", (9, 42), ("US",), "Java Holdings Ltd"),
}
"""Registration number, words, classes, territories and owner, by office and application number."""

HOLDERS_OF_EACH_MARK = 4


def trademark(key: str, at: int, **changes: Any) -> Fields:
    """Return a version of a mark, in force unless the changes say otherwise."""
    office, number = key.split(":")
    registration, words, classes, territories, owner = MARKS[key]
    return {
        "office": office,
        "application_number": number,
        "registration_number": registration,
        "mark_text": words,
        "mark_feature": "figurative" if words is None else "word",
        "mark_kind": "individual",
        "status": "registered",
        "status_code": "800",
        "status_date": None,
        "application_date": "2000-05-05",
        "registration_date": "2004-03-23",
        "expiry_date": None,
        "nice_classes": classes,
        "territories": territories,
        "owners": [] if owner is None else [{"name": owner, "country": None}],
        "effective_from_milliseconds": START - 4_000 * DAY,
        "recorded_at_milliseconds": at,
        "source": "golden",
        **changes,
    }


def party(party_id: str, kind: str, name: str, at: int, **changes: Any) -> Fields:
    """Return a party's record."""
    return {
        "party_id": party_id,
        "kind": kind,
        "name": name,
        "register_names": [],
        "trademark_keys": [],
        "identity_verified": True,
        "authorisations": [],
        "authorised_seller_ids": [],
        "recorded_at_milliseconds": at,
        "linked_seller_ids": [],
        "trusted_flagger_grounds": [],
        "language": "",
        **changes,
    }


def holder_ids(key: str) -> list[str]:
    """Return the rights holders of a mark; the last is not verified, or owns another mark."""
    place = list(MARKS).index(key)
    return [f"holder-{place}-{number}" for number in range(HOLDERS_OF_EACH_MARK)]


def holders(at: int) -> list[Fields]:
    """Return all rights holders: by the register's name, by key, unverified, or of other marks."""
    found = []
    for place, (key, (_, _, _, _, owner)) in enumerate(MARKS.items()):
        by_name, by_key, licensing, odd = holder_ids(key)
        keys = [key]
        sellers = [f"seller-{number:03d}" for number in range(place, SELLERS, 31)]
        found += [
            party(by_name, "rights_holder", owner or "Burn", at, language="en"),
            party(by_key, "rights_holder", f"Holder {place}", at, trademark_keys=keys),
            party(
                licensing,
                "rights_holder",
                f"Licensor {place}",
                at,
                trademark_keys=keys,
                authorised_seller_ids=sellers,
                trusted_flagger_grounds=["counterfeit"],
            ),
            party(odd, "rights_holder", "Odd", at, identity_verified=place % 2 == 0),
        ]
    return found


def agents(at: int) -> list[Fields]:
    """Return agents: with all authority, some, none any more, not yet, and none."""
    everyone = [holder for key in MARKS for holder in holder_ids(key)]
    kinds: dict[str, Fields] = {
        "agent-full": {},
        "agent-country": {"territories": ["US", "DE"]},
        "agent-mark": {"trademark_keys": ["US:76044902", "EM:018229279"]},
        "agent-right": {"rights": ["trademark"]},
        "agent-expired": {"valid_until_milliseconds": START + 5 * DAY},
        "agent-revoked": {"revoked_at_milliseconds": START + 9 * DAY},
        "agent-future": {"valid_from_milliseconds": START + 20 * DAY},
    }
    found = [
        party(
            name,
            "agent",
            name,
            at,
            authorisations=[authorisation(name, holder, **changes) for holder in everyone],
        )
        for name, changes in kinds.items()
    ]
    return [*found, party("agent-none", "agent", "None", at)]


def authorisation(agent_id: str, holder_id: str, **changes: Any) -> Fields:
    """Return leave for an agent to file for a rights holder."""
    return {
        "authorisation_id": f"{agent_id}:{holder_id}",
        "rights_holder_id": holder_id,
        "trademark_keys": [],
        "territories": [],
        "valid_from_milliseconds": START - DAY,
        "valid_until_milliseconds": None,
        "revoked_at_milliseconds": None,
        "rights": [],
        **changes,
    }


def title(key: str, chance: Random, careless: bool = True) -> str:
    """Return a title with the mark as it is, misspelt, disguised, or without it."""
    words = MARKS[key][1] or "figure"
    shares = (70, 8, 6, 16) if careless else (86, 8, 6, 0)
    how = chance.choices(("plain", "near", "disguised", "absent"), shares)[0]
    if how == "near":
        words += words[-1]
    elif how == "disguised":
        words = chance.choice(("-".join(words), words.replace("u", "ü"), words.swapcase()))
    elif how == "absent":
        words = "Plain"
    return f"{words} {chance.choice(WORDS)}"
