-- The whole schema, as the migrations make it. Written by `node scripts/dump-schema.ts`; the check fails when it differs.

create table alert (
  id uuid not null,
  source_id uuid not null,
  fingerprint uuid not null,
  dedup_key text,
  alarm text not null,
  title text not null,
  labels jsonb not null,
  links jsonb not null default '[]'::jsonb,
  severity_hint text,
  value double precision,
  starts_at timestamp with time zone,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  count bigint not null default 1,
  resolved_at timestamp with time zone,
  incident_id uuid,
  constraint alert_pkey PRIMARY KEY (id)
) with (fillfactor=85);
CREATE UNIQUE INDEX alert_episode ON alert USING btree (fingerprint, resolved_at) NULLS NOT DISTINCT;
CREATE INDEX alert_firing ON alert USING btree (id) WHERE (resolved_at IS NULL);
CREATE INDEX alert_incident ON alert USING btree (incident_id, id);
CREATE INDEX alert_source ON alert USING btree (source_id, id);
grant insert, select, update on alert to tocsin_app;

create table alert_hold (
  alert_id uuid not null,
  by_kind text not null,
  ref_id text not null,
  ref_key text not null default ''::text,
  ref_both boolean not null default false,
  version integer not null default 0,
  reason text not null,
  held_at timestamp with time zone not null,
  due_at timestamp with time zone,
  ended_at timestamp with time zone,
  source_kind text not null,
  summary text,
  plain boolean not null default false,
  constraint alert_hold_pkey PRIMARY KEY (alert_id),
  constraint alert_hold_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alert(id),
  constraint alert_hold_by_kind_check CHECK ((by_kind = ANY (ARRAY['silence'::text, 'maintenance'::text, 'inhibition'::text, 'snooze'::text, 'observe'::text])))
);
CREATE INDEX alert_hold_due ON alert_hold USING btree (due_at) WHERE ((ended_at IS NULL) AND (due_at IS NOT NULL));
CREATE INDEX alert_hold_open ON alert_hold USING btree (alert_id) WHERE (ended_at IS NULL);
CREATE INDEX alert_hold_ref ON alert_hold USING btree (by_kind, ref_id) WHERE (ended_at IS NULL);
grant insert, select, update on alert_hold to tocsin_app;

create table api_key (
  id uuid not null,
  name text not null,
  prefix text not null,
  secret_hash bytea not null,
  person_id uuid not null,
  created_at timestamp with time zone not null default now(),
  last_used_at timestamp with time zone,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_key_secret_hash_key UNIQUE (secret_hash),
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE
);
grant insert, select, update on api_key to tocsin_app;

create table applied_batch (
  server_id uuid not null,
  first_receipt_id bigint not null,
  last_receipt_id bigint not null,
  applied_at timestamp with time zone not null default now(),
  encoding text not null,
  outcomes bytea not null,
  constraint applied_batch_pkey PRIMARY KEY (server_id, first_receipt_id),
  constraint applied_batch_encoding_check CHECK ((encoding = ANY (ARRAY['identity'::text, 'zstd'::text])))
);
CREATE INDEX applied_batch_first_receipt_id ON applied_batch USING btree (first_receipt_id);
grant insert, select on applied_batch to tocsin_app;

create table asked_alert (
  connection text not null,
  alert_id uuid not null,
  seen_at timestamp with time zone,
  missing_since timestamp with time zone,
  noted_at timestamp with time zone,
  constraint asked_alert_pkey PRIMARY KEY (connection, alert_id),
  constraint asked_alert_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alert(id),
  constraint asked_alert_connection_fkey FOREIGN KEY (connection) REFERENCES asked_connection(name) ON DELETE CASCADE
);
CREATE INDEX asked_alert_missing ON asked_alert USING btree (alert_id) WHERE (missing_since IS NOT NULL);
grant delete, insert, select, update on asked_alert to tocsin_app;

create table asked_connection (
  name text not null,
  asked_at timestamp with time zone,
  answered_at timestamp with time zone,
  state text not null,
  detail text not null,
  firing integer,
  complete boolean not null default false,
  failures integer not null default 0,
  constraint asked_connection_pkey PRIMARY KEY (name),
  constraint asked_connection_state_check CHECK ((state = ANY (ARRAY['never'::text, 'answered'::text, 'failed'::text, 'running'::text, 'misconfigured'::text])))
);
grant delete, insert, select, update on asked_connection to tocsin_app;

create table attempt (
  effect_key text not null,
  number integer not null,
  server_id uuid not null,
  fence bigint not null,
  repeat boolean not null,
  started_at timestamp with time zone not null default clock_timestamp(),
  finished_at timestamp with time zone,
  outcome text,
  external_id text,
  reason text,
  constraint attempt_pkey PRIMARY KEY (effect_key, number),
  constraint attempt_effect_key_fkey FOREIGN KEY (effect_key) REFERENCES effect(key),
  constraint attempt_number_check CHECK ((number > 0)),
  constraint attempt_outcome_check CHECK ((outcome = ANY (ARRAY['delivered'::text, 'retry'::text, 'rejected'::text, 'unknown'::text, 'withdrawn'::text])))
);
grant insert, select, update on attempt to tocsin_app;

create table audit_leaf (
  id bigint not null generated always as identity,
  leaf bytea not null,
  leaf_hash bytea not null,
  leaf_index bigint,
  created_at timestamp with time zone not null default now(),
  constraint audit_leaf_leaf_index_key UNIQUE (leaf_index),
  constraint audit_leaf_pkey PRIMARY KEY (id)
);
grant insert, select on audit_leaf to tocsin_app;

create table calendar_feed (
  id uuid not null,
  token_hash bytea not null,
  person_id uuid not null,
  schedule text,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  constraint calendar_feed_token_hash_key UNIQUE (token_hash),
  constraint calendar_feed_pkey PRIMARY KEY (id),
  constraint calendar_feed_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX calendar_feed_person ON calendar_feed USING btree (person_id);
grant insert, select, update on calendar_feed to tocsin_app;

create table change_report (
  id uuid not null,
  source_id uuid,
  title text not null,
  origin text not null,
  at timestamp with time zone not null,
  links jsonb not null default '[]'::jsonb,
  details jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  constraint change_report_pkey PRIMARY KEY (id)
);
CREATE INDEX change_report_at ON change_report USING btree (at DESC, id DESC);
grant insert, select on change_report to tocsin_app;

create table channel_proof (
  channel text not null,
  taken_at timestamp with time zone not null,
  took_ms integer not null,
  constraint channel_proof_pkey PRIMARY KEY (channel),
  constraint channel_proof_took_ms_check CHECK ((took_ms >= 0))
);
grant insert, select, update on channel_proof to tocsin_app;

create table clock (
  id text not null,
  incident_id uuid not null,
  kind text not null,
  audience text,
  clause text not null,
  started_at timestamp with time zone,
  due_at timestamp with time zone,
  state text not null,
  ended_at timestamp with time zone,
  reason text,
  constraint clock_pkey PRIMARY KEY (id),
  constraint clock_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id),
  constraint clock_state_check CHECK ((state = ANY (ARRAY['not_started'::text, 'running'::text, 'met'::text, 'breached'::text, 'waived'::text])))
);
CREATE INDEX clock_incident ON clock USING btree (incident_id);
grant delete, insert, select, update on clock to tocsin_app;

create table contact (
  person_id uuid not null,
  place integer not null,
  channel text not null,
  address text not null,
  origin text not null default 'file'::text,
  verified_at timestamp with time zone,
  constraint contact_pkey PRIMARY KEY (person_id, channel),
  constraint contact_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint contact_origin_check CHECK ((origin = ANY (ARRAY['file'::text, 'person'::text]))),
  constraint contact_place_check CHECK ((place >= 0))
);
grant delete, insert, select, update on contact to tocsin_app;

create table effect (
  key text not null,
  kind text not null,
  incident_id uuid not null,
  person_id uuid not null,
  channel text not null,
  page_keys text[] not null default '{}'::text[],
  about text,
  state text not null default 'pending'::text,
  created_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  lease_until timestamp with time zone,
  fence bigint not null default 0,
  attempts integer not null default 0,
  unsure boolean not null default false,
  ended_at timestamp with time zone,
  sent_at timestamp with time zone,
  delivered_at timestamp with time zone,
  seen_at timestamp with time zone,
  external_id text,
  reason text,
  folded boolean not null default false,
  carried_by text,
  failed_at timestamp with time zone,
  word text,
  constraint effect_pkey PRIMARY KEY (key),
  constraint effect_carried_by_fkey FOREIGN KEY (carried_by) REFERENCES effect(key),
  constraint effect_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id),
  constraint effect_kind_check CHECK ((kind = ANY (ARRAY['page'::text, 'notice'::text]))),
  constraint effect_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'rejected'::text, 'cancelled'::text])))
);
CREATE INDEX effect_carried ON effect USING btree (carried_by) WHERE ((state = 'pending'::text) AND (carried_by IS NOT NULL));
CREATE INDEX effect_channel ON effect USING btree (channel, created_at DESC);
CREATE INDEX effect_due ON effect USING btree (due_at) WHERE ((state = 'pending'::text) AND (carried_by IS NULL));
CREATE INDEX effect_external ON effect USING btree (sent_at) WHERE ((external_id IS NOT NULL) AND (seen_at IS NULL));
CREATE INDEX effect_gathering ON effect USING btree (person_id, channel, created_at, key) WHERE ((kind = 'page'::text) AND (state = 'pending'::text) AND folded AND (carried_by IS NULL));
CREATE INDEX effect_incident ON effect USING btree (incident_id);
CREATE INDEX effect_reached ON effect USING btree (person_id, channel, created_at DESC) WHERE ((kind = 'page'::text) AND (carried_by IS NULL));
grant insert, select, update on effect to tocsin_app;

create table event (
  stream_id uuid not null,
  version integer not null,
  type text not null,
  data jsonb not null,
  actor jsonb not null,
  at timestamp with time zone not null,
  recorded_at timestamp with time zone not null default now(),
  "position" bigint not null generated always as identity,
  tx xid8 not null default pg_current_xact_id(),
  constraint event_pkey PRIMARY KEY (stream_id, version),
  constraint event_version_check CHECK ((version > 0))
);
CREATE INDEX event_feed ON event USING btree (tx, "position");
grant insert, select on event to tocsin_app;

create table heartbeat (
  id uuid not null,
  name text not null,
  description text not null default ''::text,
  interval_ms bigint not null,
  grace_ms bigint not null,
  alarm text,
  labels jsonb not null default '{}'::jsonb,
  message text,
  severity_hint text,
  extra jsonb not null default '{}'::jsonb,
  origin text not null default 'person'::text,
  pings bigint not null default 0,
  last_ping_at timestamp with time zone,
  counts_from timestamp with time zone,
  back_at timestamp with time zone,
  excuses integer not null default 0,
  paused_at timestamp with time zone,
  late_since timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint heartbeat_pkey PRIMARY KEY (id),
  constraint heartbeat_grace_ms_check CHECK ((grace_ms >= 0)),
  constraint heartbeat_interval_ms_check CHECK ((interval_ms > 0)),
  constraint heartbeat_origin_check CHECK ((origin = ANY (ARRAY['person'::text, 'playbook'::text, 'opsgenie'::text])))
) with (fillfactor=85);
CREATE UNIQUE INDEX heartbeat_name ON heartbeat USING btree (name) WHERE (removed_at IS NULL);
grant delete, insert, select, update on heartbeat to tocsin_app;

create table heartbeat_watch (
  one boolean not null default true,
  seen_at timestamp with time zone not null,
  constraint heartbeat_watch_pkey PRIMARY KEY (one),
  constraint heartbeat_watch_one_check CHECK (one)
);
grant insert, select, update on heartbeat_watch to tocsin_app;

create table idempotency (
  owner text not null,
  key text not null,
  request_hash bytea not null,
  status integer,
  body jsonb,
  created_at timestamp with time zone not null default now(),
  constraint idempotency_pkey PRIMARY KEY (owner, key)
);
grant delete, insert, select, update on idempotency to tocsin_app;

create table incident (
  id uuid not null,
  number bigint not null default nextval('incident_number'::regclass),
  version integer not null,
  state jsonb not null,
  title text not null,
  summary text not null,
  severity text not null,
  severity_rank integer not null,
  phase text not null,
  open boolean not null,
  incident_type text,
  private boolean not null default false,
  team_id uuid,
  source_id uuid,
  group_key text,
  playbook_digest text not null,
  opened_at timestamp with time zone not null,
  acknowledged_at timestamp with time zone,
  resolved_at timestamp with time zone,
  closed_at timestamp with time zone,
  next_due_at timestamp with time zone,
  alerts_total bigint not null default 0,
  alerts_firing bigint not null default 0,
  wake_at timestamp with time zone,
  updated_at timestamp with time zone not null default now(),
  service text,
  merged_into uuid,
  team text,
  constraint incident_number_key UNIQUE (number),
  constraint incident_pkey PRIMARY KEY (id),
  constraint incident_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES incident(id),
  constraint incident_playbook_digest_fkey FOREIGN KEY (playbook_digest) REFERENCES playbook_version(digest),
  constraint incident_team_id_fkey FOREIGN KEY (team_id) REFERENCES team(id)
);
CREATE UNIQUE INDEX incident_group ON incident USING btree (group_key) WHERE (open AND (group_key IS NOT NULL));
CREATE INDEX incident_group_past ON incident USING btree (group_key, opened_at DESC) WHERE ((NOT open) AND (group_key IS NOT NULL));
CREATE INDEX incident_merged_group ON incident USING btree (group_key) WHERE ((merged_into IS NOT NULL) AND (group_key IS NOT NULL));
CREATE INDEX incident_merged_into ON incident USING btree (merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX incident_open ON incident USING btree (severity_rank, opened_at DESC, id) WHERE open;
CREATE INDEX incident_opened_at ON incident USING btree (opened_at DESC, id DESC);
CREATE INDEX incident_service ON incident USING btree (service, opened_at DESC) WHERE (service IS NOT NULL);
CREATE INDEX incident_team ON incident USING btree (team, opened_at DESC) WHERE (team IS NOT NULL);
CREATE INDEX incident_wake ON incident USING btree (wake_at) WHERE (wake_at IS NOT NULL);
grant insert, select, update on incident to tocsin_app;

create table incident_member (
  incident_id uuid not null,
  person_id uuid not null,
  added_at timestamp with time zone not null default now(),
  constraint incident_member_pkey PRIMARY KEY (incident_id, person_id),
  constraint incident_member_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id),
  constraint incident_member_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
grant delete, insert, select, update on incident_member to tocsin_app;

create table inhibitor (
  rule text not null,
  key text not null,
  alert_id uuid not null,
  both_sides boolean not null,
  constraint inhibitor_pkey PRIMARY KEY (alert_id, rule),
  constraint inhibitor_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alert(id)
);
CREATE INDEX inhibitor_rule ON inhibitor USING btree (rule, md5(key));
grant delete, insert, select, update on inhibitor to tocsin_app;

create table lease (
  name text not null,
  holder uuid not null,
  until timestamp with time zone not null,
  fence bigint not null default 1,
  constraint lease_pkey PRIMARY KEY (name)
);
grant insert, select, update on lease to tocsin_app;

create table link (
  token_hash bytea not null,
  purpose text not null,
  person_id uuid not null,
  incident_id uuid,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  channel text,
  others uuid[] not null default '{}'::uuid[],
  effect_key text,
  constraint link_pkey PRIMARY KEY (token_hash),
  constraint link_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint link_purpose_check CHECK ((purpose = ANY (ARRAY['sign-in'::text, 'acknowledge'::text])))
);
CREATE INDEX link_expires_at ON link USING btree (expires_at);
grant delete, insert, select, update on link to tocsin_app;

create table maintenance (
  id uuid not null,
  version integer not null default 1,
  title text not null,
  reason text not null,
  matchers jsonb not null,
  services text[] not null,
  types text[] not null,
  sources text[] not null,
  zone text not null,
  schedule jsonb not null,
  author jsonb not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint maintenance_pkey PRIMARY KEY (id)
);
CREATE INDEX maintenance_updated_at ON maintenance USING btree (updated_at DESC, id DESC);
grant insert, select, update on maintenance to tocsin_app;

create table merged_alert (
  from_incident uuid not null,
  alert_id uuid not null,
  constraint merged_alert_pkey PRIMARY KEY (from_incident, alert_id),
  constraint merged_alert_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alert(id),
  constraint merged_alert_from_incident_fkey FOREIGN KEY (from_incident) REFERENCES incident(id)
);
grant delete, insert, select, update on merged_alert to tocsin_app;

create table migration (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (number)
);
grant select on migration to tocsin_app;

create table mute_version (
  one boolean not null default true,
  version bigint not null default 0,
  constraint mute_version_pkey PRIMARY KEY (one),
  constraint mute_version_one_check CHECK (one)
);
grant select, update on mute_version to tocsin_app;

create table oncall_absence (
  id uuid not null,
  person_id uuid not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  reason text not null,
  author jsonb not null,
  created_at timestamp with time zone not null,
  constraint oncall_absence_pkey PRIMARY KEY (id),
  constraint oncall_absence_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint oncall_absence_check CHECK ((ends_at > starts_at))
);
CREATE INDEX oncall_absence_ends_at ON oncall_absence USING btree (ends_at);
grant insert, select on oncall_absence to tocsin_app;

create table oncall_absence_end (
  absence_id uuid not null,
  ends_at timestamp with time zone not null,
  author jsonb not null,
  created_at timestamp with time zone not null,
  constraint oncall_absence_end_pkey PRIMARY KEY (absence_id),
  constraint oncall_absence_end_absence_id_fkey FOREIGN KEY (absence_id) REFERENCES oncall_absence(id)
);
grant insert, select on oncall_absence_end to tocsin_app;

create table oncall_override (
  id uuid not null,
  "position" bigint not null generated always as identity,
  schedule text not null,
  person_id uuid not null,
  instead_of uuid,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  kind text not null,
  request_id uuid,
  reason text not null,
  author jsonb not null,
  created_at timestamp with time zone not null,
  constraint oncall_override_position_key UNIQUE ("position"),
  constraint oncall_override_pkey PRIMARY KEY (id),
  constraint oncall_override_instead_of_fkey FOREIGN KEY (instead_of) REFERENCES person(id),
  constraint oncall_override_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint oncall_override_check CHECK ((ends_at > starts_at)),
  constraint oncall_override_kind_check CHECK ((kind = ANY (ARRAY['override'::text, 'take'::text, 'swap'::text, 'cover'::text])))
);
CREATE INDEX oncall_override_ends_at ON oncall_override USING btree (ends_at);
grant insert, select on oncall_override to tocsin_app;

create table oncall_override_end (
  override_id uuid not null,
  ends_at timestamp with time zone not null,
  author jsonb not null,
  created_at timestamp with time zone not null,
  constraint oncall_override_end_pkey PRIMARY KEY (override_id),
  constraint oncall_override_end_override_id_fkey FOREIGN KEY (override_id) REFERENCES oncall_override(id)
);
grant insert, select on oncall_override_end to tocsin_app;

create table oncall_request (
  id uuid not null,
  schedule text not null,
  person_id uuid not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  asked uuid[] not null,
  return_schedule text,
  return_starts_at timestamp with time zone,
  return_ends_at timestamp with time zone,
  note text not null,
  expires_at timestamp with time zone not null,
  author jsonb not null,
  created_at timestamp with time zone not null,
  constraint oncall_request_pkey PRIMARY KEY (id),
  constraint oncall_request_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint oncall_request_check CHECK ((ends_at > starts_at)),
  constraint oncall_request_check1 CHECK ((return_ends_at > return_starts_at))
);
CREATE INDEX oncall_request_ends_at ON oncall_request USING btree (ends_at);
grant insert, select on oncall_request to tocsin_app;

create table oncall_request_answer (
  request_id uuid not null,
  person_id uuid not null,
  answer text not null,
  author jsonb not null,
  created_at timestamp with time zone not null,
  constraint oncall_request_answer_pkey PRIMARY KEY (request_id, person_id, answer),
  constraint oncall_request_answer_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint oncall_request_answer_request_id_fkey FOREIGN KEY (request_id) REFERENCES oncall_request(id),
  constraint oncall_request_answer_answer_check CHECK ((answer = ANY (ARRAY['accepted'::text, 'declined'::text, 'withdrawn'::text])))
);
CREATE UNIQUE INDEX oncall_request_answer_final ON oncall_request_answer USING btree (request_id) WHERE (answer = ANY (ARRAY['accepted'::text, 'withdrawn'::text]));
grant insert, select on oncall_request_answer to tocsin_app;

create table opsgenie_alert (
  alert_id uuid not null,
  source_id uuid not null,
  tiny_id bigint not null generated always as identity,
  "overlay" jsonb not null,
  snoozed_until timestamp with time zone,
  updated_at timestamp with time zone not null,
  constraint opsgenie_alert_tiny_id_key UNIQUE (tiny_id),
  constraint opsgenie_alert_pkey PRIMARY KEY (alert_id)
);
CREATE INDEX opsgenie_alert_snoozed ON opsgenie_alert USING btree (snoozed_until) WHERE (snoozed_until IS NOT NULL);
CREATE INDEX opsgenie_alert_source ON opsgenie_alert USING btree (source_id, alert_id DESC);
grant insert, select, update on opsgenie_alert to tocsin_app;

create table opsgenie_entry (
  alert_id uuid not null,
  id bigint not null generated always as identity,
  kind text not null,
  text text not null,
  owner text not null,
  at timestamp with time zone not null,
  constraint opsgenie_entry_pkey PRIMARY KEY (alert_id, id),
  constraint opsgenie_entry_kind_check CHECK ((kind = ANY (ARRAY['note'::text, 'log'::text])))
);
grant insert, select on opsgenie_entry to tocsin_app;

create table opsgenie_request (
  id uuid not null,
  source_id uuid not null,
  identifier jsonb not null,
  act jsonb not null,
  received_at timestamp with time zone not null,
  processed_at timestamp with time zone,
  success boolean,
  status text,
  alert_id uuid,
  alias text,
  constraint opsgenie_request_pkey PRIMARY KEY (id)
);
CREATE INDEX opsgenie_request_pending ON opsgenie_request USING btree (source_id, id) WHERE (processed_at IS NULL);
CREATE INDEX opsgenie_request_processed ON opsgenie_request USING btree (processed_at) WHERE (processed_at IS NOT NULL);
grant delete, insert, select, update on opsgenie_request to tocsin_app;

create table opsgenie_saved_search (
  id uuid not null,
  source_id uuid not null,
  name text not null,
  search jsonb not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint opsgenie_saved_search_source_id_name_key UNIQUE (source_id, name),
  constraint opsgenie_saved_search_pkey PRIMARY KEY (id)
);
grant delete, insert, select, update on opsgenie_saved_search to tocsin_app;

create table page (
  id uuid not null,
  key text not null,
  incident_id uuid not null,
  person_id uuid not null,
  role text not null,
  state text not null,
  round integer not null,
  step integer not null,
  because text not null default ''::text,
  created_at timestamp with time zone not null,
  acknowledged_at timestamp with time zone,
  constraint page_key_key UNIQUE (key),
  constraint page_pkey PRIMARY KEY (id),
  constraint page_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id),
  constraint page_state_check CHECK ((state = ANY (ARRAY['paging'::text, 'acknowledged'::text, 'declined'::text, 'ended'::text])))
);
CREATE INDEX page_incident ON page USING btree (incident_id, created_at);
CREATE INDEX page_person ON page USING btree (person_id) WHERE (state = 'paging'::text);
grant insert, select, update on page to tocsin_app;

create table person (
  id uuid not null,
  email text not null,
  name text not null,
  zone text not null default 'UTC'::text,
  role text not null default 'responder'::text,
  password_hash text,
  disabled_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  constraint person_email_key UNIQUE (email),
  constraint person_pkey PRIMARY KEY (id),
  constraint person_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'responder'::text, 'stakeholder'::text, 'auditor'::text])))
);
grant insert, select, update on person to tocsin_app;

create table playbook_load (
  id bigint not null generated always as identity,
  digest text not null,
  loaded_at timestamp with time zone not null default now(),
  constraint playbook_load_pkey PRIMARY KEY (id),
  constraint playbook_load_digest_fkey FOREIGN KEY (digest) REFERENCES playbook_version(digest)
);
CREATE INDEX playbook_load_at ON playbook_load USING btree (loaded_at DESC, id DESC);
grant insert, select on playbook_load to tocsin_app;

create table playbook_version (
  digest text not null,
  source text not null,
  loaded_at timestamp with time zone not null default now(),
  number integer not null generated always as identity,
  author_id uuid,
  author text,
  reason text not null default ''::text,
  constraint playbook_version_pkey PRIMARY KEY (digest),
  constraint playbook_version_author_id_fkey FOREIGN KEY (author_id) REFERENCES person(id)
);
grant insert, select on playbook_version to tocsin_app;

create table push_device (
  id uuid not null,
  person_id uuid not null,
  name text not null,
  channel text not null,
  service text not null,
  endpoint_hash bytea not null,
  sealed bytea not null,
  created_at timestamp with time zone not null,
  last_success_at timestamp with time zone,
  last_shown_at timestamp with time zone,
  revoked_at timestamp with time zone,
  revoked_reason text,
  constraint push_device_endpoint_hash_key UNIQUE (endpoint_hash),
  constraint push_device_person_id_channel_key UNIQUE (person_id, channel),
  constraint push_device_pkey PRIMARY KEY (id),
  constraint push_device_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE
);
grant delete, insert, select, update on push_device to tocsin_app;

create table push_key (
  name text not null,
  public_key text not null,
  sealed bytea not null,
  created_at timestamp with time zone not null,
  constraint push_key_pkey PRIMARY KEY (name)
);
grant delete, insert, select, update on push_key to tocsin_app;

create table receipt (
  id bigint not null generated always as identity,
  received_at timestamp with time zone not null,
  server_id uuid not null,
  source_id uuid not null,
  door text not null,
  path text not null,
  headers jsonb not null,
  encoding text not null,
  body bytea not null,
  refused text,
  constraint receipt_pkey PRIMARY KEY (received_at, id),
  constraint receipt_encoding_check CHECK ((encoding = ANY (ARRAY['identity'::text, 'zstd'::text])))
) partition by RANGE (received_at);
CREATE INDEX receipt_id ON ONLY receipt USING btree (id);
CREATE INDEX receipt_opsgenie_request ON ONLY receipt USING btree (((headers ->> 'x-tocsin-fresh-id'::text))) WHERE (door = ANY (ARRAY['opsgenie'::text, 'opsgenie-jsm'::text]));
CREATE INDEX receipt_refused ON ONLY receipt USING btree (source_id, id DESC) WHERE (refused IS NOT NULL);
CREATE INDEX receipt_source ON ONLY receipt USING btree (source_id, id);
grant insert, select on receipt to tocsin_app;

create table receipt_default partition of receipt DEFAULT;

create table reminder (
  key text not null,
  attempts integer not null default 0,
  next_at timestamp with time zone not null,
  done_at timestamp with time zone,
  outcome text,
  reason text,
  constraint reminder_pkey PRIMARY KEY (key),
  constraint reminder_outcome_check CHECK ((outcome = ANY (ARRAY['delivered'::text, 'retry'::text, 'rejected'::text, 'unknown'::text, 'missing'::text])))
);
grant insert, select, update on reminder to tocsin_app;

create table server (
  id uuid not null,
  started_at timestamp with time zone not null default now(),
  seen_at timestamp with time zone not null default now(),
  applied_receipt_id bigint not null default 0,
  stopped_at timestamp with time zone,
  process text,
  constraint server_pkey PRIMARY KEY (id)
);
grant insert, select, update on server to tocsin_app;

create table session (
  token_hash bytea not null,
  person_id uuid not null,
  created_at timestamp with time zone not null default now(),
  last_seen_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  constraint session_pkey PRIMARY KEY (token_hash),
  constraint session_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE
);
grant delete, insert, select, update on session to tocsin_app;

create table signing_certificate (
  url text not null,
  pem text not null,
  origin text not null,
  added_at timestamp with time zone not null default now(),
  constraint signing_certificate_pkey PRIMARY KEY (url),
  constraint signing_certificate_origin_check CHECK ((origin = ANY (ARRAY['fetched'::text, 'given'::text])))
);
grant delete, insert, select, update on signing_certificate to tocsin_app;

create table silence (
  id uuid not null,
  matchers jsonb not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  reason text not null,
  author jsonb not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  expired_at timestamp with time zone,
  expired_by jsonb,
  constraint silence_pkey PRIMARY KEY (id),
  constraint silence_check CHECK ((ends_at >= starts_at))
);
CREATE INDEX silence_ends_at ON silence USING btree (ends_at DESC, id DESC);
grant insert, select, update on silence to tocsin_app;

create table snooze (
  id uuid not null,
  fingerprint uuid not null,
  alert_id uuid not null,
  starts_at timestamp with time zone not null,
  until timestamp with time zone not null,
  reason text not null,
  author jsonb not null,
  woken_at timestamp with time zone,
  constraint snooze_pkey PRIMARY KEY (id),
  constraint snooze_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alert(id)
);
CREATE INDEX snooze_fingerprint ON snooze USING btree (fingerprint);
CREATE INDEX snooze_open ON snooze USING btree (until) WHERE (woken_at IS NULL);
grant insert, select, update on snooze to tocsin_app;

create table source (
  id uuid not null,
  name text not null,
  kind text,
  created_at timestamp with time zone not null default now(),
  revoked_at timestamp with time zone,
  team text,
  observe_since timestamp with time zone,
  topics text[] not null default '{}'::text[],
  signed_only boolean not null default false,
  constraint source_name_key UNIQUE (name),
  constraint source_pkey PRIMARY KEY (id)
);
grant insert, select, update on source to tocsin_app;

create table source_fault (
  receipt_id bigint not null,
  signal integer not null,
  source_id uuid not null,
  at timestamp with time zone not null,
  kind text not null,
  reason text not null,
  constraint source_fault_pkey PRIMARY KEY (receipt_id, signal),
  constraint source_fault_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id),
  constraint source_fault_kind_check CHECK ((kind = ANY (ARRAY['rule'::text, 'processing'::text])))
);
CREATE INDEX source_fault_source ON source_fault USING btree (source_id, receipt_id DESC);
grant delete, insert, select, update on source_fault to tocsin_app;

create table source_key (
  id uuid not null,
  source_id uuid not null,
  key_hash bytea not null,
  prefix text not null,
  origin text not null,
  label text not null default ''::text,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  constraint source_key_key_hash_key UNIQUE (key_hash),
  constraint source_key_pkey PRIMARY KEY (id),
  constraint source_key_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id),
  constraint source_key_origin_check CHECK ((origin = ANY (ARRAY['made'::text, 'taken'::text])))
);
CREATE INDEX source_key_source ON source_key USING btree (source_id);
grant insert, select, update on source_key to tocsin_app;

create table source_mapping (
  id uuid not null,
  source_id uuid not null,
  version integer not null,
  mapping jsonb,
  created_at timestamp with time zone not null default now(),
  created_by uuid,
  constraint source_mapping_source_id_version_key UNIQUE (source_id, version),
  constraint source_mapping_pkey PRIMARY KEY (id),
  constraint source_mapping_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id),
  constraint source_mapping_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id),
  constraint source_mapping_version_check CHECK ((version > 0))
);
grant insert, select on source_mapping to tocsin_app;

create table source_message (
  digest uuid not null,
  receipt_id bigint not null,
  seen_at timestamp with time zone not null,
  constraint source_message_pkey PRIMARY KEY (digest)
);
CREATE INDEX source_message_seen_at ON source_message USING brin (seen_at) WITH (pages_per_range='16', autosummarize='on');
grant delete, insert, select, update on source_message to tocsin_app;

create table source_secret (
  id uuid not null,
  source_id uuid not null,
  sealed bytea,
  variable text,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  constraint source_secret_pkey PRIMARY KEY (id),
  constraint source_secret_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id),
  constraint source_secret_check CHECK (((sealed IS NULL) <> (variable IS NULL)))
);
CREATE INDEX source_secret_source ON source_secret USING btree (source_id);
grant insert, select, update on source_secret to tocsin_app;

create table source_tally (
  source_id uuid not null,
  hour timestamp with time zone not null,
  messages bigint not null default 0,
  signals bigint not null default 0,
  refused bigint not null default 0,
  distrusted bigint not null default 0,
  repeated bigint not null default 0,
  faults bigint not null default 0,
  last_at timestamp with time zone not null,
  constraint source_tally_pkey PRIMARY KEY (source_id, hour),
  constraint source_tally_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id)
);
grant delete, insert, select, update on source_tally to tocsin_app;

create table subscription (
  source_id uuid not null,
  topic text not null,
  state text not null,
  url text,
  asked_at timestamp with time zone not null,
  due_at timestamp with time zone,
  tries integer not null default 0,
  confirmed_at timestamp with time zone,
  ended_at timestamp with time zone,
  reason text,
  last_message_at timestamp with time zone,
  constraint subscription_pkey PRIMARY KEY (source_id, topic),
  constraint subscription_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id),
  constraint subscription_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'confirmed'::text, 'failed'::text, 'ended'::text])))
);
CREATE INDEX subscription_due ON subscription USING btree (due_at) WHERE (due_at IS NOT NULL);
grant delete, insert, select, update on subscription to tocsin_app;

create table team (
  id uuid not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  constraint team_name_key UNIQUE (name),
  constraint team_pkey PRIMARY KEY (id)
);
grant insert, select, update on team to tocsin_app;

create table triage_home (
  group_key text not null,
  alarm text not null,
  incident_id uuid not null,
  constraint triage_home_pkey PRIMARY KEY (group_key, alarm),
  constraint triage_home_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id)
);
CREATE INDEX triage_home_incident ON triage_home USING btree (incident_id);
grant delete, insert, select, update on triage_home to tocsin_app;

create table unchecked_message (
  id uuid not null,
  source_id uuid not null,
  door text not null,
  topic text not null,
  message_id text not null,
  digest bytea not null,
  certificate_url text not null,
  body bytea,
  received_at timestamp with time zone not null,
  state text not null,
  due_at timestamp with time zone,
  tries integer not null default 0,
  decided_at timestamp with time zone,
  reason text,
  constraint unchecked_message_source_id_digest_key UNIQUE (source_id, digest),
  constraint unchecked_message_pkey PRIMARY KEY (id),
  constraint unchecked_message_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id),
  constraint unchecked_message_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'good'::text, 'forged'::text, 'given-up'::text])))
);
CREATE INDEX unchecked_message_due ON unchecked_message USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX unchecked_message_source ON unchecked_message USING btree (source_id, received_at DESC);
grant delete, insert, select, update on unchecked_message to tocsin_app;

create table vendor_answer (
  connection text not null,
  message_id text not null,
  answer text not null,
  heard_at timestamp with time zone not null default clock_timestamp(),
  constraint vendor_answer_pkey PRIMARY KEY (connection, message_id)
);
grant insert, select on vendor_answer to tocsin_app;

create table vendor_report (
  effect_key text not null,
  external_id text not null,
  word text not null,
  machine boolean not null default false,
  heard_at timestamp with time zone not null default clock_timestamp(),
  constraint vendor_report_pkey PRIMARY KEY (effect_key, external_id, word),
  constraint vendor_report_effect_key_fkey FOREIGN KEY (effect_key) REFERENCES effect(key)
);
grant insert, select on vendor_report to tocsin_app;

create sequence incident_number;

CREATE OR REPLACE FUNCTION public.drop_receipt_days(keep_from date)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
declare
  part    record;
  dropped integer := 0;
begin
  if keep_from > current_date - 1 then
    raise exception 'receipts of today and yesterday are always kept';
  end if;
  for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.receipt'::regclass and c.relname ~ '^receipt_\d{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD') < keep_from
  loop
    execute format('drop table public.%I', part.relname);
    dropped := dropped + 1;
  end loop;
  delete from public.receipt_default where received_at < keep_from::timestamptz;
  return dropped;
end
$function$


CREATE OR REPLACE FUNCTION public.ensure_receipt_days(first date, days integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
declare
  day  date;
  part text;
  made integer := 0;
begin
  if days not between 1 and 60 then
    raise exception 'between 1 and 60 days can be made at once';
  end if;
  for day in select d::date from generate_series(first, first + days - 1, interval '1 day') d loop
    part := 'receipt_' || to_char(day, 'YYYYMMDD');
    continue when to_regclass('public.' || part) is not null;
    execute format('create table public.%I (like public.receipt including defaults including constraints)', part);
    execute format(
      'with moved as (delete from public.receipt_default where received_at >= %L and received_at < %L returning *)
       insert into public.%I select * from moved', day::timestamptz, (day + 1)::timestamptz, part);
    -- attaching takes a weaker lock on the parent than creating in place: receipts go on being written
    execute format(
      'alter table public.receipt attach partition public.%I for values from (%L) to (%L)',
      part, day::timestamptz, (day + 1)::timestamptz);
    made := made + 1;
  end loop;
  return made;
end
$function$

