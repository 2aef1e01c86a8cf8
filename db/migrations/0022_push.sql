-- Devices that take push messages for a person, and the key by which push services know this installation.

create table push_key (
  name       text primary key, -- 'vapid'
  public_key text        not null, -- base64url
  sealed     bytea       not null,
  created_at timestamptz not null
);

create table push_device (
  id              uuid primary key,
  person_id       uuid        not null references person (id) on delete cascade,
  name            text        not null,
  channel         text        not null, -- of its row in `contact`
  service         text        not null, -- host of the push service
  endpoint_hash   bytea       not null unique, -- SHA-256: a browser that subscribes again is the same device
  sealed          bytea       not null, -- address and keys of the subscription
  created_at      timestamptz not null,
  last_success_at timestamptz, -- its push service took a message
  last_shown_at   timestamptz, -- the device said that it showed one
  revoked_at      timestamptz,
  revoked_reason  text,
  unique (person_id, channel)
);
