-- The other incidents that the message told of: its link acknowledges them too, the gravest first.
alter table link add column others uuid[] not null default '{}';
