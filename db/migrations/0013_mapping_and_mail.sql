-- How the JSON of a source becomes signals: each version is kept, so that a message can be read again as it was read first.
create table source_mapping (
  id          uuid primary key,
  source_id   uuid        not null references source (id),
  version     integer     not null check (version > 0), -- from 1; the highest is in force
  mapping     jsonb, -- null: from here on it has none
  created_at  timestamptz not null default now(),
  created_by  uuid references person (id),
  unique (source_id, version)
);

-- Sources that are asked what fires now, by their connection: one row each, made by the first look.
create table asked_connection (
  name         text primary key, -- of connections.yaml
  asked_at     timestamptz, -- the last look that began
  answered_at  timestamptz, -- the last answer
  state        text not null check (state in ('never', 'answered', 'failed', 'running', 'misconfigured')),
  detail       text not null,
  firing       integer, -- there, by the last answer
  complete     boolean not null default false, -- of the last answer: what is missing in it is not there
  failures     integer not null default 0 -- in a row
);

-- What those answers said of alerts here. An alert that fires here and is missing there is marked, never resolved by that.
create table asked_alert (
  connection     text        not null references asked_connection (name) on delete cascade,
  alert_id       uuid        not null references alert (id),
  seen_at        timestamptz, -- last seen in an answer; null: never
  missing_since  timestamptz, -- of the first whole answer without it; null: it is there
  noted_at       timestamptz, -- when its incident was told so
  primary key (connection, alert_id)
);
create index asked_alert_missing on asked_alert (alert_id) where missing_since is not null;
