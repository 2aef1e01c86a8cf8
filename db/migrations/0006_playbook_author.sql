-- Who saved a version in Tocsin, by the name of then, and why. Both say nothing where the file was found in the folder.
alter table playbook_version add column author_id uuid references person (id);
alter table playbook_version add column author text; -- null: found in the folder
alter table playbook_version add column reason text not null default '';

-- Which version was taken when: an older one may come back, and a decision of then is explained by the version of then.
create table playbook_load (
  id        bigint generated always as identity primary key,
  digest    text        not null references playbook_version (digest),
  loaded_at timestamptz not null default now()
);
create index playbook_load_at on playbook_load (loaded_at desc, id desc);

insert into playbook_load (digest, loaded_at) select digest, loaded_at from playbook_version order by number;
