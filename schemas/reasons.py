"""Reason codes: why something was decided, in words that complainants and sellers can be told."""

from collections.abc import Iterable
from typing import NamedTuple


class Reason(NamedTuple):
    """What a reason code means, in a sentence; and what would do, where something is asked for."""

    meaning: str
    remedy: str = ""


SAFETY_HAZARD = "safety_hazard"
"""Reason for which reviewers see a case first."""

REASONS: dict[str, Reason] = {
    "address_missing": Reason("The complaint gives no postal address."),
    "appeal_of_complainant": Reason("The complainant appealed the decision."),
    "appeal_of_seller": Reason("The seller appealed the decision."),
    "appearance_missing": Reason("The complaint does not say which features make up the look."),
    "authorisation_not_valid": Reason("The agent's authorisation did not hold at that time."),
    "authorship_missing": Reason(
        "The complaint does not say who made the work and who holds the right."
    ),
    "changes_missing": Reason("The complaint does not say how the goods were changed."),
    "claims_missing": Reason(
        "The complaint does not say which claims are used, and where in the goods."
    ),
    "clarification_incomplete": Reason(
        "The complainant answered, and not all that was asked for, so a person looks at it."
    ),
    "clarification_not_given": Reason("The complainant did not answer within three business days."),
    "class_unknown": Reason("The goods can't be compared, as Nice classes are missing."),
    "comparable_mark_missing": Reason(
        "The mark has no effect in the country named, in which it lives on under another number.",
        "Name the office of that country and the number that the mark has in its register.",
    ),
    "comparison_missing": Reason(
        "The complaint does not compare the goods with what is protected."
    ),
    "comparison_with_mark": Reason("The title likens the goods to those of a mark."),
    "complainant_not_authorised": Reason(
        "The agent has no authorisation for mark and country.",
        "File the rights holder's letter of authorisation for this mark and country, with its "
        "term, as evidence of the kind letter_of_authorisation; or let the rights holder complain.",
    ),
    "complainant_not_owner": Reason("The register names another owner than the rights holder."),
    "complaint_retracted": Reason("The complainant took the complaint back."),
    "complainant_often_overturned": Reason(
        "What the complainant had taken down was overturned too often to be done without a person."
    ),
    "complainant_suspended": Reason(
        "Complaints of the complainant are not processed for a time (DSA Article 23(2))."
    ),
    "complainant_unverified": Reason(
        "The complainant's identity is not on record.",
        "Have complainant and rights holder verified, by an identity document or an extract from a "
        "register of companies, and file it as evidence; a person looks at what is filed.",
    ),
    "complainant_without_account": Reason(
        "Who complains has no account, so a person looks at the complaint first."
    ),
    "contact_missing": Reason(
        "The complaint gives no usable e-mail address.",
        "Give an e-mail address at which receipt and decision reach you.",
    ),
    "copyright_infringement": Reason("The listing uses a protected work without consent."),
    "copyright_needs_review": Reason("Copyright is decided by people, as no register tells."),
    "counter_notice_accepted": Reason("The complainant accepted the seller's objection."),
    "counter_notice_contested": Reason("The complainant rejected the seller's objection."),
    "counter_notice_unanswered": Reason("The complainant did not answer the seller's objection."),
    "counter_notice_uncontested": Reason(
        "The complainant told in time of no action against the seller's objection."
    ),
    "counterfeit": Reason("The listing offers counterfeit goods."),
    "counterfeit_words": Reason("The title says that the goods are copies."),
    "court_action_expired": Reason(
        "Of the action for which it was kept down nothing more was told in time."
    ),
    "court_missing": Reason("The complaint does not name the court."),
    "court_order": Reason("A court's order is against the listing."),
    "court_order_needs_review": Reason("An order of a court is carried out by people."),
    "dangerous_product": Reason("The goods endanger people's health or safety."),
    "design_infringement": Reason("The listing offers goods in another's protected design."),
    "design_needs_review": Reason("Designs are compared by people."),
    "designation_not_granted": Reason(
        "The international registration is not protected yet in the country named."
    ),
    "designation_not_in_force": Reason(
        "The international registration was refused, or has ended, in the country named."
    ),
    "designation_status_unknown": Reason(
        "It is not known whether the international registration is protected in the country named."
    ),
    "disguised_mark": Reason("The title writes a mark in a disguised spelling."),
    "distinctiveness_missing": Reason(
        "The complaint does not say since when and where the look is known."
    ),
    "docket_missing": Reason("The complaint does not give the number of the proceedings."),
    "document_missing": Reason("None of the documents that this right asks for was filed."),
    "first_actions_of_mark": Reason("People decide the first actions for each mark."),
    "first_sale_missing": Reason(
        "The complaint does not say where the goods were first sold, and by whom."
    ),
    "geographical_indication_infringement": Reason(
        "The listing misuses a geographical indication."
    ),
    "geographical_indication_needs_review": Reason(
        "Geographical indications are decided by people."
    ),
    "good_faith_not_declared": Reason(
        "The statement of good faith was not made.",
        "Declare that you believe in good faith that what you say is accurate and complete.",
    ),
    "goods_not_named": Reason(
        "The register's list of goods does not name what is offered, and a person compares them."
    ),
    "hourly_limit_reached": Reason(
        "As many listings as are taken down in an hour without a person were taken down."
    ),
    "insufficient_evidence": Reason("The evidence does not prove the infringement."),
    "keyword_misuse": Reason("The title uses a mark to draw buyers to other goods."),
    "listing_already_removed": Reason("The listing is no longer shown."),
    "listing_and_ip_document_mismatch": Reason("The listing and the IP documents don't match."),
    "listing_changed_since": Reason(
        "The seller changed the listing after the complaint, and a person judges what is left."
    ),
    "listing_countries_unknown": Reason(
        "The listing does not tell in which countries it is offered, and the right is national."
    ),
    "listing_not_found": Reason("The listing is not known."),
    "listing_not_offered_in_territory": Reason("The listing isn't offered in the country named."),
    "manifestly_unfounded_complaints": Reason(
        "Many of the complainant's complaints were manifestly unfounded."
    ),
    "mark_may_not_be_meant": Reason(
        "The words may mean something else, and nothing shows that the mark is meant."
    ),
    "mark_not_in_listing": Reason("The mark stands neither in the title nor in the brand."),
    "mark_without_words": Reason("The mark has no words that could stand in a listing."),
    "mark_more_than_words": Reason(
        "The mark is registered as it looks, and its words alone may not be protected."
    ),
    "may_be_a_name": Reason("The mark's words may be somebody's own name."),
    "measure_ended": Reason("The measure was for a time, and no order of a court was told of."),
    "near_match_only": Reason("The listing has only a spelling that comes near the mark."),
    "no_rule_applies": Reason("No rule decides this case."),
    "nominative_use": Reason("The title names the mark to say what the goods fit."),
    "offered_by_other_seller": Reason("Another seller offers the listing since it was taken down."),
    "order_date_missing": Reason("The complaint does not give the day of the order."),
    "notifier_for_review": Reason(
        "Who complains does not act for the owner of the right, so a person decides."
    ),
    "ordinary_use": Reason(
        "The title names the brand of the goods, and nothing speaks against it."
    ),
    "order_ended": Reason("The order of a court or an authority holds no more."),
    "order_forbids_takedown": Reason(
        "A court or an authority ordered the listing to be put back, and a person decides."
    ),
    "order_of_authority": Reason("A court or an authority ordered it."),
    "original_missing": Reason("The complaint does not say where the original can be seen."),
    "other_right_possible": Reason(
        "Another mark, or the listing's own brand, may give the seller a right."
    ),
    "out_of_court_decision": Reason(
        "A certified body settled the dispute out of court, and its decision is carried out."
    ),
    "owner_unknown": Reason("The register names no owner, and the mark isn't on record as theirs."),
    "parallel_import": Reason(
        "The listing offers goods that the owner did not put on this market."
    ),
    "parallel_import_needs_review": Reason("Whether a right is exhausted is decided by people."),
    "parody": Reason("The listing may be a parody of the mark."),
    "patent_infringement": Reason("The listing offers goods that use a patented invention."),
    "patent_needs_review": Reason("Patents are decided by people."),
    "product_missing": Reason("The complaint does not say for which product the name is kept."),
    "proof_not_conclusive": Reason("What was filed does not show that the goods are not genuine."),
    "register_entry_missing": Reason("The complaint does not name the entry in the register."),
    "registration_missing": Reason(
        "The complaint names neither office and number, nor when it was first shown."
    ),
    "related_class_only": Reason("The mark is registered for related goods only."),
    "relisted_after_takedown": Reason("The listing nearly repeats one that was taken down."),
    "remedied_by_seller": Reason(
        "The complaint was right, and the seller has since changed the listing, so that what was "
        "complained of is gone."
    ),
    "repeat_offender": Reason("Several listings of the seller were taken down."),
    "reputation_evidenced": Reason(
        "The goods are of other classes, and documents of the mark's reputation were filed."
    ),
    "resale_or_repair": Reason("The goods seem to be used, repaired or packed anew."),
    "right_not_supported": Reason("The right asserted is no trademark."),
    "rule_error": Reason("The rules could not be evaluated."),
    "rule_under_review": Reason(
        "The rule was overturned too often to be carried out without a person."
    ),
    "safety_hazard": Reason(
        "Such goods may endanger people, so that a person looks at them first."
    ),
    "second_look": Reason("A person looks at the case anew, without being told of the outcome."),
    "sanction_expired": Reason("What the sanction rests on no longer counts, as time has passed."),
    "sanction_reversed": Reason("What the sanction rested on was undone or is outweighed."),
    "seller_authorised": Reason("The rights holder has licensed the seller."),
    "seller_evidence_filed": Reason(
        "The seller filed documents, such as invoices, which are to be read."
    ),
    "seller_licensed_in_part": Reason(
        "The rights holder has licensed the seller for some of the goods or countries."
    ),
    "signature_missing": Reason(
        "The complaint is not signed.",
        "Sign with the name of whoever makes the declarations.",
    ),
    "statement_missing": Reason(
        "The complaint gives no substantiated explanation.",
        "Explain in 20 characters or more why the listing is unlawful.",
    ),
    "telephone_missing": Reason("The complaint gives no telephone number."),
    "territory_invalid": Reason(
        "The complaint names no country.",
        "Name the country for which the right is asserted by its ISO 3166-1 code.",
    ),
    "territory_not_covered": Reason("The mark has no effect in the country named."),
    "trade_dress_infringement": Reason("The listing imitates the look of another's goods."),
    "trade_dress_needs_review": Reason("The look of goods is compared by people."),
    "timer_failed": Reason("A mistake of ours kept what was due from being done."),
    "trademark_class_mismatch": Reason("The mark is registered for goods of other Nice classes."),
    "trademark_contested": Reason(
        "The mark is in force, and its registration is attacked, so a person weighs it."
    ),
    "trademark_infringement": Reason("The listing offers goods under another's mark."),
    "trademark_missing": Reason(
        "The complaint names no trademark.",
        "Name the office and the number of the mark.",
    ),
    "trademark_no_longer_in_force": Reason("The mark for which it was taken down has ended."),
    "trademark_not_found": Reason(
        "The register has no mark of that number.",
        "Give office and number as its register writes them, and tell whether it is the number of "
        "the application or of the registration.",
    ),
    "trademark_not_in_force": Reason("The mark had ended when the complaint came."),
    "trademark_not_yet_registered": Reason("The mark was not registered when the complaint came."),
    "trademark_status_unknown": Reason("The mark's status in the register is not understood."),
    "trademark_territories_unknown": Reason(
        "The mark's entry names no country in which it has effect, so a person looks it up."
    ),
    "utility_model_infringement": Reason(
        "The listing offers goods that use a protected utility model."
    ),
    "utility_model_needs_review": Reason("Utility models are decided by people."),
    "work_about_brand": Reason("The listing offers a work that may be about the brand."),
    "work_missing": Reason("The complaint does not say which work it is."),
}


def asked_for(reason_codes: Iterable[str]) -> tuple[str, ...]:
    """Return what would do, in a sentence for each reason for which a complainant is asked."""
    known = (REASONS[code].remedy for code in reason_codes if code in REASONS)
    return tuple(remedy for remedy in known if remedy)
