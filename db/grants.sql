-- What the app's role may do, stated as a whole and applied again whenever this file changes.
-- The role owns no table: it cannot alter, drop or truncate, and it cannot rewrite what has happened.
-- {role} stands for the role's quoted name.

revoke all on all tables in schema public from {role};
revoke all on all sequences in schema public from {role};
revoke all on all functions in schema public from {role};
grant usage on schema public to {role};

-- Kept for ever: read and added to, nothing else.
grant select, insert on event, audit_leaf, playbook_version, playbook_load, change_report, applied_batch to {role};
grant select, insert on receipt, opsgenie_entry to {role};

-- Changed as things change, never removed.
grant select, insert, update on
  team, person, api_key, source, alert, incident, page, effect, attempt, server, lease, channel_proof, reminder
  to {role};
grant select, insert, update on source_key, source_secret to {role};
grant select, insert, update on silence, maintenance, snooze, alert_hold to {role};
grant select, update on mute_version to {role};
grant select, insert on source_mapping to {role};
grant select, insert, update, delete on asked_connection, asked_alert to {role};

grant select, insert, update on opsgenie_alert to {role};

grant select, insert, update, delete on heartbeat, merged_alert to {role};
grant select, insert, update on heartbeat_watch to {role};

-- What vendors that carry pages have told, and what was answered to those who wrote.
grant select, insert on vendor_report, vendor_answer to {role};

-- Come and go.
grant select, insert, update, delete on opsgenie_request, opsgenie_saved_search to {role};
grant select, insert, update, delete on contact, session, link, idempotency, incident_member, clock to {role};

-- Devices that take push messages, and the key that signs them.
grant select, insert, update, delete on push_device, push_key to {role};

-- Which open triage incident took an unknown alarm: forgotten once it is over.
grant select, insert, update, delete on triage_home to {role};

-- Alerts that inhibit others: forgotten once they are over.
grant select, insert, update, delete on inhibitor to {role};

-- Forgotten after a while: ids of deliveries, counts and faults of sources.
grant select, insert, update, delete on source_message, source_tally, source_fault to {role};

-- Certificates, subscriptions and unchecked messages of sources that sign with certificates.
grant select, insert, update, delete on signing_certificate, subscription, unchecked_message to {role};

-- Changes of schedules are kept as they were made.
grant select, insert on oncall_override, oncall_override_end, oncall_absence, oncall_absence_end to {role};
grant select, insert on oncall_request, oncall_request_answer to {role};

-- Calendars that people subscribe to: revoked, never removed.
grant select, insert, update on calendar_feed to {role};

grant select on migration to {role};
grant usage on sequence incident_number to {role};

-- Day partitions of receipts: made and dropped by functions that run as the owner and can do only that.
revoke all on function ensure_receipt_days(date, integer), drop_receipt_days(date) from public;
grant execute on function ensure_receipt_days(date, integer), drop_receipt_days(date) to {role};
