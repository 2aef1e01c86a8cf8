-- The first schema: people and keys, receipts, alerts, incidents as events with their views, the outbox, leases.
-- The app's role owns nothing here; db/grants.sql says what it may do.

-- People, teams, access ------------------------------------------------------------------------------------------

create table team (
  id         uuid primary key,
  name       text not null unique,
  created_at timestamptz not null default now()
);

create table person (
  id            uuid primary key,
  -- lower case; how oncall.yaml names people
  email         text not null unique,
  name          text not null,
  zone          text not null default 'UTC', -- IANA name
  role          text not null default 'responder' check (role in ('owner', 'admin', 'responder', 'stakeholder', 'auditor')),
  password_hash text,
  disabled_at   timestamptz,
  created_at    timestamptz not null default now()
);

-- A person's ways to be reached, in order. The console is always there and has no row.
create table contact (
  person_id   uuid not null references person (id) on delete cascade,
  place       integer not null check (place >= 0),
  channel     text not null, -- 'email', 'webhook:<connection>'
  address     text not null,
  origin      text not null default 'file' check (origin in ('file', 'person')),
  verified_at timestamptz,
  primary key (person_id, channel)
);

create table session (
  token_hash   bytea primary key, -- SHA-256 of the cookie's token
  person_id    uuid not null references person (id) on delete cascade,
  created_at   timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at   timestamptz not null
);

-- Single-use links: to sign in, and to acknowledge one page.
create table link (
  token_hash  bytea primary key, -- SHA-256
  purpose     text not null check (purpose in ('sign-in', 'acknowledge')),
  person_id   uuid not null references person (id) on delete cascade,
  incident_id uuid,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null,
  used_at     timestamptz
);
create index link_expires_at on link (expires_at);

create table api_key (
  id           uuid primary key,
  name         text not null,
  prefix       text not null, -- first characters, to recognise it by
  secret_hash  bytea not null unique,
  person_id    uuid not null references person (id) on delete cascade, -- whom it acts as
  created_at   timestamptz not null default now(),
  last_used_at timestamptz,
  expires_at   timestamptz,
  revoked_at   timestamptz
);

-- A monitoring source: an integration key that opens the ingest doors and nothing else.
create table source (
  id           uuid primary key,
  name         text not null unique,
  kind         text, -- null: opens every door
  key_prefix   text not null,
  key_hash     bytea not null unique,
  team_id      uuid references team (id),
  created_at   timestamptz not null default now(),
  revoked_at   timestamptz
);

-- Answers to POSTs that carried an Idempotency-Key.
create table idempotency (
  owner        text not null, -- who asked: 'person:<id>'
  key          text not null,
  request_hash bytea not null,
  status       integer, -- null while the first request still runs
  body         jsonb,
  created_at   timestamptz not null default now(),
  primary key (owner, key)
);

-- Playbook versions, whole and never changed --------------------------------------------------------------------

create table playbook_version (
  digest    text primary key, -- SHA-256 of source, hex
  source    text not null,
  loaded_at timestamptz not null default now(),
  number    integer generated always as identity
);

-- Servers and leases ---------------------------------------------------------------------------------------------

create table server (
  id                 uuid primary key,
  started_at         timestamptz not null default now(),
  seen_at            timestamptz not null default now(),
  -- receipts of this server up to here have been applied
  applied_receipt_id bigint not null default 0,
  stopped_at         timestamptz
);

create table lease (
  name   text primary key, -- 'auditor', 'housekeeping'
  holder uuid not null,
  until  timestamptz not null,
  fence  bigint not null default 1
);

-- Signals --------------------------------------------------------------------------------------------------------

-- One row a request, as it came. Day partitions are dropped by retention.
create table receipt (
  id          bigint generated always as identity,
  received_at timestamptz not null,
  server_id   uuid not null,
  source_id   uuid not null,
  door        text not null,
  path        text not null,
  headers     jsonb not null, -- without keys and cookies
  encoding    text not null check (encoding in ('identity', 'zstd')),
  body        bytea not null,
  refused     text, -- why the sender was told no; null when it was told yes
  primary key (received_at, id)
) partition by range (received_at);
create index receipt_id on receipt (id);
create table receipt_default partition of receipt default;

-- What became of the signals of a run of receipts, one row an applied batch.
create table applied_batch (
  server_id        uuid not null,
  first_receipt_id bigint not null,
  last_receipt_id  bigint not null,
  applied_at       timestamptz not null default now(),
  encoding         text not null check (encoding in ('identity', 'zstd')),
  outcomes         bytea not null, -- JSON, shape in shell/alert/outcome.ts
  primary key (server_id, first_receipt_id)
);
create index applied_batch_first_receipt_id on applied_batch (first_receipt_id);

-- One row a firing episode.
create table alert (
  id          uuid primary key,
  source_id   uuid not null,
  fingerprint uuid not null, -- 128 bits of SHA-256 over source and identity
  dedup_key   text, -- null: the sender has none, the fingerprint stands in
  alarm       text not null,
  title       text not null,
  labels      jsonb not null,
  links       jsonb not null default '[]',
  severity_hint text,
  value       double precision,
  starts_at   timestamptz, -- as the source says
  first_at    timestamptz not null,
  last_at     timestamptz not null, -- unindexed on purpose: repeats update it in place
  ends_at     timestamptz, -- when the source will be taken for silent
  count       bigint not null default 1,
  resolved_at timestamptz,
  incident_id uuid
) with (fillfactor = 85);
-- one firing episode a fingerprint; the same index finds the latest ended one
create unique index alert_episode on alert (fingerprint, resolved_at) nulls not distinct;
create index alert_incident on alert (incident_id, id);

create table change_report (
  id         uuid primary key,
  source_id  uuid,
  title      text not null,
  origin     text not null,
  at         timestamptz not null,
  links      jsonb not null default '[]',
  details    jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index change_report_at on change_report (at desc, id desc);

-- Incidents ------------------------------------------------------------------------------------------------------

-- The append-only record of every change; nothing updates or deletes a row.
create table event (
  stream_id   uuid        not null,
  version     integer     not null check (version > 0), -- place in its stream, from 1
  type        text        not null,
  data        jsonb       not null,
  actor       jsonb       not null,
  at          timestamptz not null,
  recorded_at timestamptz not null default now(),
  position    bigint      generated always as identity,
  tx          xid8        not null default pg_current_xact_id(),
  primary key (stream_id, version) -- two writers cannot take one place
);
-- feeds follow this order below the oldest running transaction: nothing can appear behind a reader
create index event_feed on event (tx, position);

create sequence incident_number;

-- View of the events, written in the same transaction; `tocsin` can rebuild it.
create table incident (
  id              uuid primary key,
  number          bigint not null unique default nextval('incident_number'),
  version         integer not null,
  state           jsonb not null, -- core/incident/incident.ts
  title           text not null,
  summary         text not null,
  severity        text not null,
  severity_rank   integer not null,
  phase           text not null,
  open            boolean not null,
  incident_type   text,
  private         boolean not null default false,
  team_id         uuid references team (id),
  source_id       uuid, -- null: declared by a person
  -- alerts with this key join while it is open; null: none join
  group_key       text,
  playbook_digest text not null references playbook_version (digest),
  opened_at       timestamptz not null,
  acknowledged_at timestamptz,
  resolved_at     timestamptz,
  closed_at       timestamptz,
  next_due_at     timestamptz,
  alerts_total    bigint not null default 0,
  alerts_firing   bigint not null default 0,
  wake_at         timestamptz,
  updated_at      timestamptz not null default now()
);
create unique index incident_group on incident (group_key) where open and group_key is not null;
create index incident_wake on incident (wake_at) where wake_at is not null;
create index incident_open on incident (severity_rank, opened_at desc, id) where open;
create index incident_opened_at on incident (opened_at desc, id desc);

create table incident_member (
  incident_id uuid not null references incident (id),
  person_id   uuid not null references person (id),
  added_at    timestamptz not null default now(),
  primary key (incident_id, person_id)
);

create table clock (
  id          text primary key, -- '<incident id>/<kind>/<n>'
  incident_id uuid not null references incident (id),
  kind        text not null,
  audience    text,
  clause      text not null,
  started_at  timestamptz,
  due_at      timestamptz,
  state       text not null check (state in ('not_started', 'running', 'met', 'breached', 'waived')),
  ended_at    timestamptz,
  reason      text
);
create index clock_incident on clock (incident_id);

-- Pages: the duty to reach one person.
create table page (
  id              uuid primary key,
  key             text not null unique, -- core's PageKey
  incident_id     uuid not null references incident (id),
  person_id       uuid not null,
  role            text not null,
  state           text not null check (state in ('paging', 'acknowledged', 'declined', 'ended')),
  round           integer not null,
  step            integer not null,
  because         text not null default '',
  created_at      timestamptz not null,
  acknowledged_at timestamptz
);
create index page_incident on page (incident_id, created_at);
create index page_person on page (person_id) where state = 'paging';

-- The outbox -----------------------------------------------------------------------------------------------------

-- One planned act on the outside world; the key names it for ever.
create table effect (
  key           text primary key,
  kind          text not null check (kind in ('page', 'notice')),
  incident_id   uuid not null references incident (id),
  person_id     uuid not null,
  channel       text not null,
  page_keys     text[] not null default '{}', -- the pages one message serves
  about         text, -- for notices
  state         text not null default 'pending' check (state in ('pending', 'delivered', 'rejected', 'cancelled')),
  created_at    timestamptz not null,
  due_at        timestamptz not null, -- real time: not before this
  lease_until   timestamptz, -- real time
  fence         bigint not null default 0,
  attempts      integer not null default 0,
  -- the last attempt's outcome is not known: the next one says that it may be a repeat
  unsure        boolean not null default false,
  ended_at      timestamptz,
  sent_at       timestamptz,
  delivered_at  timestamptz,
  seen_at       timestamptz,
  external_id   text,
  reason        text
);
create index effect_due on effect (due_at) where state = 'pending';
create index effect_incident on effect (incident_id);

-- Written before the call, finished after it. One left unfinished has an unknown outcome.
create table attempt (
  effect_key  text not null references effect (key),
  number      integer not null check (number > 0),
  server_id   uuid not null,
  fence       bigint not null,
  repeat      boolean not null,
  started_at  timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  -- withdrawn: claimed, then found no longer needed before anything was sent
  outcome     text check (outcome in ('delivered', 'retry', 'rejected', 'unknown', 'withdrawn')),
  external_id text,
  reason      text,
  primary key (effect_key, number)
);

-- Audit ----------------------------------------------------------------------------------------------------------

-- One leaf an event, one a batch of receipts, one a change of access or configuration. Bytes are hashed as stored.
create table audit_leaf (
  id         bigint generated always as identity primary key,
  leaf       bytea not null, -- JSON, sorted keys
  leaf_hash  bytea not null, -- SHA-256(0x00 || leaf)
  leaf_index bigint unique, -- given later, once
  created_at timestamptz not null default now()
);
