-- Mails that are about no incident, such as that of the playbook's review: each is sent once.
create table reminder (
  key       text primary key, -- 'playbook-review/<date due>'
  attempts  integer     not null default 0,
  next_at   timestamptz not null, -- domain's time: not before this
  done_at   timestamptz, -- null: to be tried again
  outcome   text check (outcome in ('delivered', 'retry', 'rejected', 'unknown', 'missing')),
  reason    text
);
