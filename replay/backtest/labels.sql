-- What people found of cases in the end: the last word on each. An appeal that a seller loses, and
-- one that a complainant wins, says that the listing infringes.
CREATE TEMP TABLE labels AS
WITH
  told AS (
    SELECT
      ReviewDecided.case_id AS case_id,
      ReviewDecided.outcome = 'take_down' AS infringing,
      ReviewDecided.decided_at_milliseconds AS told_at,
      'review' AS source
    FROM ip_reviews_events
    WHERE event_type = 'ReviewDecided'
      AND ReviewDecided.outcome IN ('take_down', 'decline', 'reinstate')
    UNION ALL
    SELECT
      CounterNoticeAnswered.case_id, FALSE, CounterNoticeAnswered.answered_at_milliseconds,
      'counter_notice_accepted'
    FROM ip_counter_notices_events
    WHERE event_type = 'CounterNoticeAnswered' AND CounterNoticeAnswered.answer = 'accept'
    UNION ALL
    SELECT
      AppealDecided.case_id, (AppealDecided.role = 'seller') <> AppealDecided.granted,
      AppealDecided.decided_at_milliseconds, 'appeal'
    FROM ip_decisions_events
    WHERE event_type = 'AppealDecided'
    UNION ALL
    SELECT
      ComplaintRetracted.case_id, FALSE, ComplaintRetracted.retracted_at_milliseconds, 'retraction'
    FROM ip_complaints_events
    WHERE event_type = 'ComplaintRetracted'
  )
SELECT case_id, infringing, source
FROM told
QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY told_at DESC, source) = 1;

-- The last decision by rules on each case of the period that has a label, by both rule sets.
CREATE TEMP TABLE labelled AS
WITH
  of_labelled AS (
    SELECT
      ComplaintDecided.case_id AS case_id,
      ComplaintDecided.decision_number AS decision_number,
      ComplaintDecided.marketplace AS marketplace,
      ComplaintDecided.ground AS ground,
      ComplaintDecided.territory AS territory,
      ComplaintDecided.outcome AS outcome,
      ComplaintDecided.capsule.findings_version AS version,
      ComplaintDecided.capsule.findings_number AS number,
      ComplaintDecided.capsule.rule_set_hash AS rule_set_hash
    FROM ip_decisions_events_files
    WHERE event_type = 'ComplaintDecided'
      AND ComplaintDecided.decided_at_milliseconds >= $begin
      AND ComplaintDecided.decided_at_milliseconds < $end
      AND ComplaintDecided.case_id IN (SELECT case_id FROM labels)
  )
SELECT
  of_labelled.ground,
  of_labelled.marketplace,
  of_labelled.territory,
  labels.infringing,
  labels.source,
  of_labelled.outcome = 'take_down' AS live,
  CASE
    WHEN rulings.differs THEN rulings.candidate_outcome ELSE of_labelled.outcome
  END = 'take_down' AS candidate
FROM of_labelled
JOIN rulings USING (version, number, rule_set_hash)
JOIN labels USING (case_id)
QUALIFY row_number() OVER (
  PARTITION BY of_labelled.case_id ORDER BY of_labelled.decision_number DESC
) = 1;
