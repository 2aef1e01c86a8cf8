-- What keeps alerts from paging for a while, and which alerts it holds.

-- One row. Counts the changes of what may hold alerts: servers read the rest again only when it has moved.
create table mute_version (
  one      boolean primary key default true check (one),
  version  bigint  not null default 0
);
insert into mute_version default values;

create table silence (
  id          uuid primary key,
  matchers    jsonb       not null,
  starts_at   timestamptz not null,
  ends_at     timestamptz not null, -- half-open; when it was ended by hand, that time
  reason      text        not null,
  author      jsonb       not null, -- an actor: the person or the source whose key was used
  created_by  text        not null, -- as the author called themselves
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  expired_at  timestamptz, -- ended by hand
  expired_by  jsonb,
  check (ends_at >= starts_at)
);
create index silence_ends_at on silence (ends_at desc, id desc);

create table maintenance (
  id          uuid primary key,
  version     integer     not null default 1, -- counts edits
  title       text        not null,
  reason      text        not null,
  matchers    jsonb       not null,
  services    text[]      not null,
  types       text[]      not null,
  sources     text[]      not null,
  zone        text        not null,
  schedule    jsonb       not null,
  author      jsonb       not null,
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  ended_at    timestamptz -- ended by hand
);
create index maintenance_updated_at on maintenance (updated_at desc, id desc);

create table snooze (
  id           uuid primary key,
  fingerprint  uuid        not null,
  alert_id     uuid        not null references alert (id),
  starts_at    timestamptz not null,
  until        timestamptz not null,
  reason       text        not null,
  author       jsonb       not null,
  woken_at     timestamptz -- its end was acted upon: whoever fires still has been aimed again
);
create index snooze_open on snooze (until) where woken_at is null;
create index snooze_fingerprint on snooze (fingerprint);

-- Alerts that were held. The hold of a firing alert that is over and not ended here is what the release looks for.
create table alert_hold (
  alert_id     uuid primary key references alert (id),
  by_kind      text        not null check (by_kind in ('silence', 'maintenance', 'inhibition', 'snooze', 'observe')),
  ref_id       text        not null,
  ref_key      text        not null default '', -- of an inhibition: the values of its equal labels
  ref_both     boolean     not null default false, -- of an inhibition: the alert is on both of its sides
  version      integer     not null default 0,
  reason       text        not null,
  held_at      timestamptz not null,
  due_at       timestamptz, -- to be aimed again then; null: when what holds it says so
  ended_at     timestamptz,
  -- what aiming again needs and the alert does not keep
  source_kind  text        not null,
  summary      text,
  plain        boolean     not null default false
);
create index alert_hold_due on alert_hold (due_at) where ended_at is null and due_at is not null;
create index alert_hold_ref on alert_hold (by_kind, ref_id) where ended_at is null;

-- Alerts on the source side of an inhibition rule; they inhibit while they fire.
create table inhibitor (
  rule      text    not null,
  key       text    not null,
  alert_id  uuid    not null references alert (id),
  both_sides boolean not null,
  primary key (alert_id, rule)
);
create index inhibitor_rule on inhibitor (rule, md5(key));
