-- Decisions of a period by what rules decided on. One scan of the decisions' files, and of each event
-- only these fields.
CREATE TEMP TABLE decided AS
SELECT
  ComplaintDecided.capsule.findings_version AS version,
  ComplaintDecided.capsule.findings_number AS number,
  ComplaintDecided.capsule.rule_set_hash AS rule_set_hash,
  count(*) AS decisions,
  min(ComplaintDecided.decided_at_milliseconds) // 86400000 AS first_day,
  max(ComplaintDecided.decided_at_milliseconds) // 86400000 AS last_day
FROM ip_decisions_events_files
WHERE event_type = 'ComplaintDecided'
  AND ComplaintDecided.decided_at_milliseconds >= $begin
  AND ComplaintDecided.decided_at_milliseconds < $end
GROUP BY ALL;
