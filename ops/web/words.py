"""Words of the pipeline in words for people; each is translated where it is shown."""

from collections.abc import Mapping

from sinks.private_texts.store import ERASED, LOST


def marked(text: str) -> str:
    """Mark a text for the translators; it is translated where it is shown."""
    return text


GONE: Mapping[str, str] = {
    ERASED: marked("[erased]"),
    LOST: marked("[text can't be read]"),
}
"""What stands in place of a text that a party wrote."""
OUTCOMES: Mapping[str, str] = {
    "take_down": marked("Take down"),
    "decline": marked("Decline"),
    "ask_for_clarification": marked("Ask the complainant"),
    "reinstate": marked("Put back"),
    "send_to_review": marked("A person decides"),
    "wait_for_listing": marked("Waits for the listing"),
    "retract": marked("Taken back by the complainant"),
    "remedied_by_seller": marked("Mended by the seller"),
    "close": marked("Close the account"),
    "keep": marked("Keep the account"),
    "grant": marked("Grant the appeal"),
    "reject": marked("Reject the appeal"),
}
DECIDED: Mapping[str, str] = {
    "take_down": marked("Taken down"),
    "decline": marked("Declined"),
    "ask_for_clarification": marked("More was asked for"),
    "reinstate": marked("Put back"),
    "send_to_review": marked("Sent to people to decide"),
    "wait_for_listing": marked("Waits for the listing"),
    "retract": marked("Taken back by the complainant"),
    "remedied_by_seller": marked("Mended by the seller"),
}
KEYS: Mapping[str, str] = {
    "take_down": "t",
    "decline": "d",
    "ask_for_clarification": "a",
    "reinstate": "p",
    "close": "c",
    "keep": "k",
    "grant": "g",
    "reject": "r",
}
"""The single key of each outcome; no two that can be decided on one task share one."""

KINDS: Mapping[str, str] = {
    "complaint": marked("Complaint"),
    "registry_change": marked("Register changed"),
    "counter_notice": marked("Counter-notice"),
    "appeal": marked("Appeal"),
    "detection": marked("Found by the monitor"),
    "second_look": marked("Second look"),
    "closure": marked("Account to be closed"),
    "sanction_appeal": marked("Appeal of an account"),
}
GROUNDS: Mapping[str, str] = {
    "counterfeit": marked("Counterfeit"),
    "trademark_infringement": marked("Trademark infringement"),
    "keyword_misuse": marked("Mark used as a keyword"),
    "other": marked("Another ground"),
    "copyright_infringement": marked("Copyright infringement"),
    "design_infringement": marked("Design infringement"),
    "patent_infringement": marked("Patent infringement"),
    "utility_model_infringement": marked("Utility model infringement"),
    "geographical_indication_infringement": marked("Geographical indication"),
    "trade_dress_infringement": marked("Trade dress"),
    "parallel_import": marked("Parallel import"),
    "court_order": marked("Court order"),
}
RIGHTS: Mapping[str, str] = {
    "trademark": marked("Trademark"),
    "copyright": marked("Copyright"),
    "design": marked("Design"),
    "patent": marked("Patent"),
    "utility_model": marked("Utility model"),
    "geographical_indication": marked("Geographical indication"),
    "trade_dress": marked("Trade dress"),
    "parallel_import": marked("Parallel import"),
    "court_order": marked("Court order"),
}
STATES: Mapping[str, str] = {
    "received": marked("Received"),
    "open": marked("Being decided"),
    "paused": marked("Waits for the complainant"),
    "closed": marked("Closed"),
    "unknown": marked("Not known"),
    "blocked": marked("Blocked"),
    "delisted": marked("Delisted"),
    "restricted": marked("Hidden in some countries"),
    "put_back": marked("Put back"),
    "lifted": marked("Lifted"),
}
SAID: Mapping[str, str] = {
    "complaint": marked("Statement of the complainant"),
    "clarification": marked("What the complainant added"),
    "counter_notice": marked("Objection of the seller"),
    "answer": marked("Answer of the complainant"),
    "appeal": marked("Appeal"),
}
TRICKS: Mapping[str, str] = {
    "none": marked("written plainly"),
    "leet": marked("digits for letters"),
    "look_alike": marked("letters that look alike"),
    "separator": marked("signs between letters"),
    "spaced_letters": marked("spaces between letters"),
    "split_word": marked("a word taken apart"),
    "masked": marked("letters masked"),
    "invisible": marked("signs that are not seen"),
    "styled": marked("styled letters"),
    "accents": marked("accents added"),
    "joined": marked("words joined"),
    "glued": marked("glued to another word"),
    "vowels": marked("vowels changed"),
    "near": marked("a spelling that comes near"),
    "sound": marked("sounds alike"),
    "kana": marked("written in kana"),
    "homophone": marked("characters that sound alike"),
}
FINDINGS: Mapping[str, str] = {
    "ground": marked("Ground"),
    "listing": marked("Listing"),
    "authority": marked("Who complains"),
    "registry": marked("Register"),
    "nice_class": marked("Classes"),
    "territory": marked("Country"),
    "listing_match": marked("Mark in the listing"),
    "evidence": marked("Evidence"),
    "seller": marked("Seller"),
    "reading": marked("Reading"),
}
FINDING_WORDS: Mapping[str, Mapping[str, str]] = {
    "listing": {
        "active": marked("shown to buyers"),
        "suspended": marked("suspended"),
        "removed": marked("removed"),
        "taken_down": marked("taken down already"),
    },
    "authority": {
        "owner": marked("the owner"),
        "agent": marked("an agent with authority"),
        "unknown_party": marked("not on record"),
        "unverified_party": marked("identity not verified"),
        "not_owner": marked("not the owner"),
        "owner_unknown": marked("owner not known"),
        "no_authorisation": marked("no authorisation"),
        "authorisation_not_yet_valid": marked("authorisation not valid yet"),
        "authorisation_expired": marked("authorisation expired"),
        "authorisation_revoked": marked("authorisation revoked"),
        "outside_authorisation": marked("outside the authorisation"),
        "notifier": marked("anybody's notice"),
    },
    "registry": {
        "in_force": marked("in force"),
        "not_found": marked("not found"),
        "not_yet_registered": marked("not registered yet"),
        "no_longer_in_force": marked("no longer in force"),
        "unknown": marked("status not known"),
    },
    "nice_class": {
        "covered": marked("goods covered"),
        "related": marked("related goods only"),
        "mismatch": marked("other goods"),
        "unknown": marked("not known"),
    },
    "territory": {
        "covered": marked("covered and offered there"),
        "not_covered": marked("mark has no effect there"),
        "not_offered": marked("not offered there"),
        "countries_unknown": marked("countries not known"),
    },
    "listing_match": {
        "exact": marked("plain"),
        "near": marked("near"),
        "none": marked("not there"),
        "no_words": marked("mark without words"),
        "disguised": marked("disguised"),
    },
    "evidence": {
        "sufficient": marked("sufficient"),
        "insufficient": marked("not sufficient"),
    },
    "seller": {
        "authorised": marked("licensed"),
        "not_authorised": marked("not licensed"),
        "licensed_in_part": marked("licensed in part"),
    },
    "reading": {
        "clear": marked("plain use for the goods"),
        "reference": marked("named for what it fits"),
        "comparison": marked("compares with the mark"),
        "parody": marked("parody"),
        "work": marked("a work about the mark"),
        "resale": marked("used or worked-over goods"),
        "own_name": marked("may be a name"),
        "ambiguous": marked("may mean something else"),
        "other_right": marked("somebody else may have a right"),
        "uncertain_spelling": marked("spelling not plain"),
        "unproven": marked("not shown by what was filed"),
    },
    "ground": GROUNDS,
}
OBJECTIONS: Mapping[str, str] = {
    "owner": marked("I own the right"),
    "authorized": marked("I have leave to sell this"),
    "no_right": marked("The right named does not hold"),
    "fair_use": marked("The law allows this use"),
    "removed": marked("I removed what was complained of"),
    "not_used": marked("I do not use the mark"),
    "other": marked("Another reason"),
}
ANSWERS: Mapping[str, str] = {
    "accept": marked("Accept: the listing is put back"),
    "reject": marked("Reject: people decide"),
}
SATISFACTION: Mapping[str, str] = {
    "1": marked("Not at all"),
    "2": marked("Little"),
    "3": marked("So-so"),
    "4": marked("Satisfied"),
    "5": marked("Very"),
}
OUTREACH: Mapping[str, str] = {
    "new_party": marked("Filed for the first time"),
    "complicated_case": marked("A complicated case"),
}
TIERS: Mapping[str, str] = {
    "ordinary": marked("In good standing"),
    "fast_lane": marked("Fast lane"),
    "suspended": marked("Suspended"),
    "warned": marked("Warned"),
    "restricted": marked("Restricted"),
    "closed": marked("Closed"),
    "closure_proposed": marked("Closure proposed"),
}
DOCUMENTS: Mapping[str, str] = {
    "registration_certificate": marked("Certificate of registration"),
    "letter_of_authorisation": marked("Letter of authorisation"),
    "test_buy": marked("Test purchase"),
    "comparison": marked("Comparison with the original"),
    "photo": marked("Photograph"),
    "declaration": marked("Declaration"),
    "views": marked("Views of the design"),
    "claim_chart": marked("Claim chart"),
    "evaluation_report": marked("Evaluation report"),
    "invoice": marked("Invoice"),
    "court_document": marked("Court document"),
    "identity_document": marked("Identity document"),
    "reputation": marked("Proof that the mark is known"),
    "other": marked("Another document"),
}
REGISTER_STATES: Mapping[str, str] = {
    "pending": marked("pending"),
    "published": marked("published"),
    "opposed": marked("opposed"),
    "registered": marked("registered"),
    "expired": marked("expired"),
    "cancelled": marked("cancelled"),
    "abandoned": marked("abandoned"),
    "refused": marked("refused"),
    "withdrawn": marked("withdrawn"),
    "unknown": marked("not known"),
}
COMMANDS: Mapping[str, str] = {
    "take_down": marked("Takedown ordered"),
    "restrict": marked("Hiding in some countries ordered"),
    "reinstate": marked("Put-back ordered"),
    "block": marked("Block ordered"),
    "delist": marked("Delisting ordered"),
}
CAPPED: Mapping[str, str] = {
    "rule": marked("Each rule"),
    "complainant": marked("Each complainant"),
    "seller": marked("Each seller"),
}
ROLES: Mapping[str, str] = {
    "rights_holder": marked("Rights holder"),
    "agent": marked("Agent"),
    "notifier": marked("Notifier"),
    "seller": marked("Seller"),
    "reviewer": marked("Reviewer"),
    "operator": marked("Operator"),
}
ERRORS: Mapping[str, str] = {
    "email_invalid": marked("That is no e-mail address that mails can be sent to."),
    "webhook_invalid": marked("A webhook's address begins with https://."),
    "confirmations_too_many": marked("Too many links were sent today; try again tomorrow."),
    "missing": marked("It is missing."),
    "string_too_short": marked("It is too short."),
    "too_short": marked("It is too short."),
    "string_too_long": marked("It is too long."),
    "too_long": marked("It is too long."),
    "string_pattern_mismatch": marked("It is not written as asked for."),
    "value_error": marked("It is not written as asked for."),
    "literal_error": marked("It is none of what can be chosen."),
    "extra_forbidden": marked("It is not asked for here."),
    "listing_missing": marked("Name at least one listing that can be read."),
    "declaration_missing": marked("Make the declarations."),
    "accuracy_not_declared": marked(
        "Declare that what you say is accurate and that you may act for the owner."
    ),
    "perjury_not_declared": marked(
        "Declare, under penalty of perjury, that the removal was a mistake."
    ),
    "jurisdiction_not_consented": marked("Consent to the jurisdiction of a court."),
    "not_found": marked("You have no case of this number."),
    "not_authorised": marked("You are not on record as acting for this rights holder."),
    "evidence_unknown": marked("A document that is named is no longer there; send it again."),
    "agent_unknown": marked("No agent of this id is on record."),
    "not_own_mark": marked("A mark is not on record as yours."),
    "country_unknown": marked("No country has this code; write two letters, as DE."),
    "invalid_field": marked("It is not written as asked for."),
    "duplicate_row": marked("named twice"),
    "draft_too_long": marked("It is too long for a draft."),
    "drafts_too_many": marked("There are 50 drafts; throw one away first."),
    "in_the_past": marked("That time has passed."),
}
"""What is wrong with a field, by the filing API's code; reasons have texts of their own."""
LISTING_STATES: Mapping[str, str] = FINDING_WORDS["listing"]
EVENTS: Mapping[str, str] = {
    "proved": marked("Seen in the marketplace's own data"),
}
DUE: Mapping[str, str] = {
    "object": marked("An objection is possible until then"),
    "appeal": marked("An appeal is possible until then"),
    "deadline": marked("Decided at the latest"),
    "answer": marked("The answer is due"),
}
SIGN_IN: Mapping[str, str] = {
    "token": marked("It has expired, or is not one of ours. Ask for a new one."),
    "unavailable": marked("Where you sign in does not answer now. Try again in a minute."),
    "refused": marked("The sign-in was not finished, or took too long. Begin again."),
    "stranger": marked(
        "You are not a member yet. Ask an owner of your organisation for an invitation, and give "
        "its code here."
    ),
}
RIGHTS_OF_MEMBERS: Mapping[str, str] = {
    "owner": marked("Owner: files, reads, and invites members"),
    "filer": marked("Filer: files and answers"),
    "reader": marked("Reader: reads only"),
}
LEAVES: Mapping[str, str] = {
    "agent": marked("In force"),
    "authorisation_not_yet_valid": marked("Not in force yet"),
    "authorisation_expired": marked("Ended"),
    "authorisation_revoked": marked("Taken back"),
}
NOTICES: Mapping[str, str] = {
    "complaint_received": marked("Your complaint was received"),
    "clarification_asked": marked("The team asks for more on your complaint"),
    "decision": marked("A decision was made"),
    "counter_notice_open": marked("You may object"),
    "counter_notice_filed": marked("The seller objected"),
    "counter_notice_answered": marked("Your objection was answered"),
    "counter_notice_decided": marked("Your objection was decided on"),
    "put_back_scheduled": marked("Your listing is to be put back"),
    "retracted": marked("The complaint was taken back"),
    "appeal_filed": marked("An appeal was filed"),
    "appeal_decided": marked("An appeal was decided on"),
    "sanction": marked("A measure against your account was taken or lifted"),
    "confirm_address": marked("Link that confirms your address"),
}
MEMBERS: Mapping[str, str] = {
    "name": marked("Say who it is, in up to 100 characters."),
    "too_many": marked("There are 200 members; remove one first."),
    "known": marked("That is a member already."),
    "unknown": marked("That member is not there any more."),
    "last_owner": marked("The last owner can't be removed: make somebody else an owner first."),
}
