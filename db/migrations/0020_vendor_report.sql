-- What vendors that carry pages tell of messages after they took them, and what people write back.

-- The message that a link went out in: names it where its vendor tells of it.
alter table link add column effect_key text;

alter table effect
  add column failed_at timestamptz, -- its vendor said that it did not arrive
  add column word text;             -- what its vendor said last, in a sentence

-- Those that are asked after.
create index effect_external on effect (sent_at) where external_id is not null and seen_at is null;

create table vendor_report (
  effect_key  text        not null references effect,
  external_id text        not null, -- the vendor's id of the message or call
  word        text        not null, -- the vendor's own
  machine     boolean     not null default false, -- no person answered: what is pressed there counts for nothing
  heard_at    timestamptz not null default clock_timestamp(),
  primary key (effect_key, external_id, word) -- told twice is told once
);

-- Kept for ever: what was written is never acted on twice.
create table vendor_answer (
  connection  text        not null,
  message_id  text        not null,
  answer      text        not null,
  heard_at    timestamptz not null default clock_timestamp(),
  primary key (connection, message_id)
);
