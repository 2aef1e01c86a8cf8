-- Where the unknown alarms of a source are: which of its open triage incidents took an alarm of that name last. One that
-- comes again goes there; one that nobody has seen pages, even where the incident that is open is answered already.
create table triage_home (
  group_key   text not null,
  alarm       text not null,
  incident_id uuid not null references incident (id),
  primary key (group_key, alarm)
);
create index triage_home_incident on triage_home (incident_id);
