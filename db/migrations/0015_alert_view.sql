-- What lists of alerts and signals are walked by, so that one page costs the same among a hundred and among a million.
create index alert_firing on alert (id) where resolved_at is null;
create index alert_source on alert (source_id, id);
create index alert_hold_open on alert_hold (alert_id) where ended_at is null;
create index receipt_source on receipt (source_id, id);
