-- Whose an incident is, as the playbook names the team: for lists.
alter table incident add column team text; -- null: the organisation's
update incident set team = state ->> 'team' where state ->> 'team' is not null;
create index incident_team on incident (team, opened_at desc) where team is not null;
