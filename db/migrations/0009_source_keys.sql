-- Keys of their own for sources, secrets that verify their messages, and how each has been.

-- A source may have several keys: made here, or taken over from another system as they were.
create table source_key (
  id            uuid primary key,
  source_id     uuid        not null references source (id),
  key_hash      bytea       not null unique, -- SHA-256
  prefix        text        not null,
  origin        text        not null check (origin in ('made', 'taken')),
  label         text        not null default '',
  created_at    timestamptz not null default now(),
  expires_at    timestamptz, -- opens nothing from then on: another has taken its place
  revoked_at    timestamptz,
  last_used_at  timestamptz -- a few seconds behind
);
create index source_key_source on source_key (source_id);
insert into source_key (id, source_id, key_hash, prefix, origin, created_at, revoked_at, label)
  select gen_random_uuid(), id, key_hash, key_prefix, 'made', created_at, revoked_at, '' from source where kind is distinct from 'tocsin';

alter table source
  drop column key_hash,
  drop column key_prefix,
  drop column team_id, -- teams are those of the playbook, by name
  add column team text,
  add column observe_since timestamptz, -- its signals open nothing and page nobody
  add column topics text[] not null default '{}', -- names of topics that may speak through it; empty: any
  add column signed_only boolean not null default false;

create table source_secret (
  id          uuid primary key,
  source_id   uuid        not null references source (id),
  sealed      bytea, -- encrypted with the installation's secret
  variable    text, -- else the name of the server's variable that holds it
  created_at  timestamptz not null default now(),
  expires_at  timestamptz, -- verifies nothing from then on
  check ((sealed is null) <> (variable is null))
);
create index source_secret_source on source_secret (source_id);

-- The vendor's ids of deliveries that were applied: a second one of the same id is kept and not applied.
create table source_message (
  digest      uuid primary key, -- of the source, the id and the body
  receipt_id  bigint      not null, -- the first one
  seen_at     timestamptz not null
);
create index source_message_seen_at on source_message using brin (seen_at) with (pages_per_range = 16, autosummarize = on);

-- Counts of messages by source and hour, added to every few seconds.
create table source_tally (
  source_id   uuid        not null references source (id),
  hour        timestamptz not null,
  messages    bigint      not null default 0,
  signals     bigint      not null default 0,
  refused     bigint      not null default 0,
  distrusted  bigint      not null default 0,
  repeated    bigint      not null default 0,
  faults      bigint      not null default 0,
  last_at     timestamptz not null, -- its latest message
  primary key (source_id, hour)
);

-- Messages that were understood and that the playbook's rules, or applying them, failed on.
create table source_fault (
  receipt_id  bigint      not null,
  signal      integer     not null, -- its place in the message
  source_id   uuid        not null references source (id),
  at          timestamptz not null,
  kind        text        not null check (kind in ('rule', 'processing')),
  reason      text        not null,
  primary key (receipt_id, signal)
);
create index source_fault_source on source_fault (source_id, receipt_id desc);

-- What a source's page and the doctor ask for: messages that were refused or distrusted.
create index receipt_refused on receipt (source_id, id desc) where refused is not null;
