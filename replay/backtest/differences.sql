-- Each decision that the candidate would have made otherwise, with both rules. `rulings` has the
-- combinations on which the outcomes of the two rule sets differ.
CREATE TEMP TABLE differences AS
WITH
  of_these AS (
    SELECT
      "partition",
      ComplaintDecided.case_id AS case_id,
      ComplaintDecided.decision_number AS decision_number,
      ComplaintDecided.decided_at_milliseconds AS decided_at_milliseconds,
      ComplaintDecided.marketplace AS marketplace,
      ComplaintDecided.listing_id AS listing_id,
      ComplaintDecided.ground AS ground,
      ComplaintDecided.territory AS territory,
      ComplaintDecided.rights_holder_id AS rights_holder_id,
      ComplaintDecided.complainant_id AS complainant_id,
      ComplaintDecided.capsule.trademark_key AS trademark_key,
      ComplaintDecided.outcome AS outcome,
      ComplaintDecided.rule_id AS decided_by,
      ComplaintDecided.capsule.findings_version AS version,
      ComplaintDecided.capsule.findings_number AS number,
      ComplaintDecided.capsule.rule_set_hash AS rule_set_hash
    FROM ip_decisions_events_files
    WHERE event_type = 'ComplaintDecided'
      AND ComplaintDecided.decided_at_milliseconds >= $begin
      AND ComplaintDecided.decided_at_milliseconds < $end
      AND ComplaintDecided.capsule.findings_number IN (SELECT number FROM rulings WHERE differs)
  )
SELECT
  of_these.*,
  rulings.live_outcome,
  rulings.live_rule,
  rulings.candidate_outcome,
  rulings.candidate_rule,
  rulings.deciding_finding,
  rulings.deciding_word,
  CASE
    WHEN rulings.candidate_outcome = 'take_down' THEN 'new_takedown'
    WHEN of_these.outcome = 'take_down' THEN 'lost_takedown'
    ELSE 'other'
  END AS effect
FROM of_these
JOIN rulings USING (version, number, rule_set_hash)
WHERE rulings.differs AND of_these.outcome <> rulings.candidate_outcome;
