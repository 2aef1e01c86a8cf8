-- What an incident has hit, as the playbook names it: for lists, and for the time that an SLA allows.
alter table incident add column service text; -- null: nobody knows
create index incident_service on incident (service, opened_at desc) where service is not null;
