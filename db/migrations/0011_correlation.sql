-- Heartbeats, and incidents that were merged by hand.

create table heartbeat (
  id            uuid primary key,
  name          text        not null,
  description   text        not null default '',
  interval_ms   bigint      not null check (interval_ms > 0),
  grace_ms      bigint      not null check (grace_ms >= 0),
  alarm         text, -- a firing alert of this name is a ping
  labels        jsonb       not null default '{}',
  message       text, -- the sender's own title for its alarm
  severity_hint text,
  -- what an outside interface keeps with it and nothing here reads
  extra         jsonb       not null default '{}',
  origin        text        not null default 'person' check (origin in ('person', 'playbook', 'opsgenie')),
  pings         bigint      not null default 0,
  last_ping_at  timestamptz,
  counts_from   timestamptz, -- the last ping, or a resume or a new interval since
  back_at       timestamptz, -- when Tocsin was back from a downtime that may have lost pings
  excuses       integer     not null default 0, -- downtimes since the last ping
  paused_at     timestamptz,
  late_since    timestamptz, -- its alarm is raised; when it was due
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  removed_at    timestamptz -- kept until its alarm is cleared
) with (fillfactor = 85);
create unique index heartbeat_name on heartbeat (name) where removed_at is null;

-- One row: when somebody last looked whether heartbeats are late, in real time. A gap is a downtime of Tocsin's own.
create table heartbeat_watch (
  one     boolean primary key default true check (one),
  seen_at timestamptz not null
);

-- An incident that was merged into another is not open; new alerts of its group join the other.
alter table incident add column merged_into uuid references incident (id);
create index incident_merged_into on incident (merged_into) where merged_into is not null;
create index incident_merged_group on incident (group_key) where merged_into is not null and group_key is not null;

-- Alerts that moved with a merge, so that it can be undone.
create table merged_alert (
  from_incident uuid not null references incident (id),
  alert_id      uuid not null references alert (id),
  primary key (from_incident, alert_id)
);
-- what a group's incident before this one did: whether it flaps
create index incident_group_past on incident (group_key, opened_at desc) where not open and group_key is not null;

-- Pages past the bound of messages to a person: one message stands for many.
alter table effect add column folded boolean not null default false;
alter table effect add column carried_by text references effect (key); -- the effect whose message it goes out with
create index effect_carried on effect (carried_by) where state = 'pending' and carried_by is not null;
create index effect_reached on effect (person_id, channel, created_at desc) where kind = 'page';
