-- Sources whose senders sign with certificates of their own and ask to be confirmed (SNS).

-- Certificates by the address that messages name; those that an owner gave are for installations that cannot fetch any.
create table signing_certificate (
  url       text primary key,
  pem       text        not null,
  origin    text        not null check (origin in ('fetched', 'given')),
  added_at  timestamptz not null default now()
);

-- Topics that asked to speak through a source, and what became of it.
create table subscription (
  source_id     uuid        not null references source (id),
  topic         text        not null,
  state         text        not null check (state in ('asked', 'confirmed', 'failed', 'ended')),
  url           text, -- where to confirm it; forgotten when done, for it holds a token
  asked_at      timestamptz not null,
  due_at        timestamptz, -- when to try to confirm it next; null: not at all
  tries         integer     not null default 0,
  confirmed_at  timestamptz,
  ended_at      timestamptz,
  reason        text, -- why the last try failed
  primary key (source_id, topic)
);
create index subscription_due on subscription (due_at) where due_at is not null;

-- Messages whose signature could not be checked when they came, because the certificate could not be had.
create table unchecked_message (
  id               uuid primary key,
  source_id        uuid        not null references source (id),
  door             text        not null,
  topic            text        not null,
  message_id       text        not null,
  digest           bytea       not null, -- SHA-256 of the body: a repeat is the same message
  certificate_url  text        not null,
  body             bytea, -- forgotten when decided
  received_at      timestamptz not null,
  state            text        not null check (state in ('waiting', 'good', 'forged', 'given-up')),
  due_at           timestamptz, -- when to try next; null: decided
  tries            integer     not null default 0,
  decided_at       timestamptz,
  reason           text,
  unique (source_id, digest)
);
create index unchecked_message_due on unchecked_message (due_at) where due_at is not null;
create index unchecked_message_source on unchecked_message (source_id, received_at desc);
