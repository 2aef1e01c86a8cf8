-- Calendars that people subscribe to. The secret in the address is kept as its digest only; a revoked one opens nothing.
create table calendar_feed (
  id           uuid primary key,
  token_hash   bytea       not null unique,
  person_id    uuid        not null references person (id), -- who made it: it ends with their account
  schedule     text, -- id of a schedule of oncall.yaml; null: all that the person holds
  created_at   timestamptz not null,
  revoked_at   timestamptz,
  last_used_at timestamptz -- to the hour
);
create index calendar_feed_person on calendar_feed (person_id);
