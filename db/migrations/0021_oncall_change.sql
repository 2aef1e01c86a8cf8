-- What people change of schedules. Rows are made and never rewritten: an end and an answer are rows of their own.

-- Somebody stands in on one schedule, between two instants.
create table oncall_override (
  id          uuid primary key,
  position    bigint generated always as identity unique, -- of two that disagree, the later one counts
  schedule    text        not null, -- id of a schedule of oncall.yaml
  person_id   uuid        not null references person (id),
  instead_of  uuid        references person (id), -- null: whoever would hold it
  starts_at   timestamptz not null,
  ends_at     timestamptz not null, -- half-open
  kind        text        not null check (kind in ('override', 'take', 'swap', 'cover')),
  request_id  uuid, -- the swap or cover that it came of
  reason      text        not null,
  author      jsonb       not null,
  created_at  timestamptz not null,
  check (ends_at > starts_at)
);
create index oncall_override_ends_at on oncall_override (ends_at);

create table oncall_override_end (
  override_id uuid primary key references oncall_override (id),
  ends_at     timestamptz not null, -- not after the end that it was made with; its start, where it never began
  author      jsonb       not null,
  created_at  timestamptz not null
);

-- Somebody holds nothing, on no schedule.
create table oncall_absence (
  id          uuid primary key,
  person_id   uuid        not null references person (id),
  starts_at   timestamptz not null,
  ends_at     timestamptz not null,
  reason      text        not null,
  author      jsonb       not null,
  created_at  timestamptz not null,
  check (ends_at > starts_at)
);
create index oncall_absence_ends_at on oncall_absence (ends_at);

create table oncall_absence_end (
  absence_id  uuid primary key references oncall_absence (id),
  ends_at     timestamptz not null,
  author      jsonb       not null,
  created_at  timestamptz not null
);

-- A person asks others to hold a shift of theirs, for one in return or for none.
create table oncall_request (
  id               uuid primary key,
  schedule         text        not null,
  person_id        uuid        not null references person (id), -- whose shift it is
  starts_at        timestamptz not null,
  ends_at          timestamptz not null,
  asked            uuid[]      not null, -- people; empty: whoever may
  return_schedule  text, -- of a swap: what the person holds in return
  return_starts_at timestamptz,
  return_ends_at   timestamptz,
  note             text        not null,
  expires_at       timestamptz not null,
  author           jsonb       not null,
  created_at       timestamptz not null,
  check (ends_at > starts_at),
  check (return_ends_at > return_starts_at)
);
create index oncall_request_ends_at on oncall_request (ends_at);

create table oncall_request_answer (
  request_id  uuid        not null references oncall_request (id),
  person_id   uuid        not null references person (id), -- who accepted or declined; of a withdrawal, whose shift it is
  answer      text        not null check (answer in ('accepted', 'declined', 'withdrawn')),
  author      jsonb       not null,
  created_at  timestamptz not null,
  primary key (request_id, person_id, answer)
);
-- One acceptance or withdrawal ends it, whoever is first.
create unique index oncall_request_answer_final on oncall_request_answer (request_id) where answer in ('accepted', 'withdrawn');
