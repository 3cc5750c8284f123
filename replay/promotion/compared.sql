-- Decisions of a span on which both the live rules and a candidate have their word. Where a step before
-- or after the rules decided, the rules' words differ for no reason of theirs.
CREATE OR REPLACE TEMP TABLE compared AS
WITH
  told AS (
    SELECT
      ComplaintDecided.case_id AS case_id,
      ComplaintDecided.decided_at_milliseconds AS decided_at_milliseconds,
      ComplaintDecided.outcome AS outcome,
      ComplaintDecided.capsule.rule_set_hash = $candidate AS by_candidate,
      unnest(ComplaintDecided.shadow_outcomes) AS other
    FROM ip_decisions_events
    WHERE event_type = 'ComplaintDecided'
      AND ComplaintDecided.decided_at_milliseconds >= $begin
      AND ComplaintDecided.decided_at_milliseconds < $end
      AND ComplaintDecided.rule_id NOT LIKE 'step:%'
      AND ComplaintDecided.automated
  )
SELECT
  case_id,
  decided_at_milliseconds,
  CASE WHEN by_candidate THEN other.outcome ELSE outcome END AS live,
  CASE WHEN by_candidate THEN outcome ELSE other.outcome END AS candidate
FROM told
WHERE by_candidate = $deciding
  AND other.rule_set_hash = CASE WHEN by_candidate THEN $live ELSE $candidate END
QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY decided_at_milliseconds DESC) = 1;
