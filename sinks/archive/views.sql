-- What is asked most of the archive, one view each. Times are in UTC.

-- Each decision on a complaint as it was made; one case may have several.
CREATE VIEW decisions AS
SELECT "partition", "offset", epoch_ms(timestamp_milliseconds) AS decided_at, ComplaintDecided.*
FROM ip_decisions_events
WHERE ComplaintDecided IS NOT NULL;

-- Each complaint as it was filed.
CREATE VIEW complaints AS
SELECT "partition", "offset", epoch_ms(timestamp_milliseconds) AS filed_at, ComplaintFiled.*
FROM ip_complaints_events
WHERE ComplaintFiled IS NOT NULL;

-- Each case once: its complaint, and its last decision.
CREATE VIEW cases AS
WITH
  filed AS (
    SELECT * FROM complaints
    QUALIFY row_number() OVER (PARTITION BY complaint_id ORDER BY "partition", "offset") = 1
  ),
  decided AS (
    SELECT * FROM decisions
    QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY decision_number DESC) = 1
  )
SELECT
  filed.complaint_id AS case_id,
  filed.marketplace,
  filed.listing_id,
  filed.complainant_id,
  filed.rights_holder_id,
  filed.ground,
  filed.territory,
  filed.filed_at,
  decided.decided_at,
  decided.decision_number,
  decided.outcome,
  decided.reason_codes,
  decided.rule_id
FROM filed
LEFT JOIN decided ON decided.case_id = filed.complaint_id;

-- Each command to the marketplaces. `case_id` is that of the complaint, or of the detection.
CREATE VIEW commands AS
SELECT
  "partition",
  "offset",
  event_type AS command,
  COALESCE(
    TakeDownListing.command_id, RestrictListing.command_id, ReinstateListing.command_id,
    BlockListing.command_id, DelistListing.command_id
  ) AS command_id,
  COALESCE(
    TakeDownListing.case_id, RestrictListing.case_id, ReinstateListing.case_id,
    BlockListing.detection_id, DelistListing.detection_id
  ) AS case_id,
  COALESCE(
    TakeDownListing.marketplace, RestrictListing.marketplace, ReinstateListing.marketplace,
    BlockListing.marketplace, DelistListing.marketplace
  ) AS marketplace,
  COALESCE(
    TakeDownListing.listing_id, RestrictListing.listing_id, ReinstateListing.listing_id,
    BlockListing.listing_id, DelistListing.listing_id
  ) AS listing_id,
  epoch_ms(timestamp_milliseconds) AS issued_at
FROM ip_takedowns_commands
WHERE event_type IS NOT NULL;

-- The clock of each case: when it started, when it was to be closed, and when it was.
CREATE VIEW sla AS
WITH
  started AS (SELECT SlaClockStarted.* FROM ip_sla_events WHERE SlaClockStarted IS NOT NULL),
  closed AS (SELECT CaseClosed.* FROM ip_sla_events WHERE CaseClosed IS NOT NULL),
  breached AS (
    SELECT DISTINCT SlaBreached.case_id AS case_id FROM ip_sla_events WHERE SlaBreached IS NOT NULL
  ),
  last_closed AS (
    SELECT * FROM closed
    QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY decision_number DESC) = 1
  )
SELECT
  started.case_id,
  started.marketplace,
  started.listing_id,
  epoch_ms(started.received_at_milliseconds) AS received_at,
  epoch_ms(started.deadline_at_milliseconds) AS deadline_at,
  epoch_ms(last_closed.closed_at_milliseconds) AS closed_at,
  last_closed.outcome,
  last_closed.open_seconds,
  last_closed.paused_seconds,
  last_closed.within_deadline,
  breached.case_id IS NOT NULL AS breached
FROM started
LEFT JOIN last_closed ON last_closed.case_id = started.case_id
LEFT JOIN breached ON breached.case_id = started.case_id;
