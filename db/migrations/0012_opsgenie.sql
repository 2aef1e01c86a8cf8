-- What Opsgenie's clients know and do beyond signals: the API they speak is asynchronous and keeps a state of its own per alert.

-- Made when an alert is first asked for by this API, from the receipt that opened it; changed by each act.
create table opsgenie_alert (
  alert_id      uuid        not null primary key,
  source_id     uuid        not null,
  tiny_id       bigint      not null generated always as identity unique, -- the short number that people say
  overlay       jsonb       not null,                                     -- src/core/opsgenie/overlay.ts
  snoozed_until timestamptz,                                              -- as in the overlay, to be found when it is over
  updated_at    timestamptz not null
);
create index opsgenie_alert_source on opsgenie_alert (source_id, alert_id desc);
create index opsgenie_alert_snoozed on opsgenie_alert (snoozed_until) where snoozed_until is not null;

-- Notes and the log of an alert, in order; kept for ever.
create table opsgenie_entry (
  alert_id uuid        not null,
  id       bigint      not null generated always as identity,
  kind     text        not null check (kind in ('note', 'log')),
  text     text        not null,
  owner    text        not null,
  at       timestamptz not null,
  primary key (alert_id, id)
);

-- Acts and what became of them: "202, ask again with this id". Those of creates are read from their receipts.
create table opsgenie_request (
  id           uuid        not null primary key,
  source_id    uuid        not null,
  identifier   jsonb       not null, -- { "type": "id" | "tiny" | "alias", "value": text }
  act          jsonb       not null, -- src/core/opsgenie/act.ts
  received_at  timestamptz not null,
  processed_at timestamptz,          -- null: its alert is not there yet
  success      boolean,
  status       text,
  alert_id     uuid,
  alias        text
);
create index opsgenie_request_pending on opsgenie_request (source_id, id) where processed_at is null;
create index opsgenie_request_processed on opsgenie_request (processed_at) where processed_at is not null;

-- By it a create is found again: its reply named this id, and the receipt keeps it.
create index receipt_opsgenie_request on receipt ((headers ->> 'x-tocsin-fresh-id')) where door in ('opsgenie', 'opsgenie-jsm');

-- Queries that clients keep under a name; each source has its own.
create table opsgenie_saved_search (
  id         uuid        not null primary key,
  source_id  uuid        not null,
  name       text        not null,
  search     jsonb       not null, -- query, owner, teams
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (source_id, name)
);
