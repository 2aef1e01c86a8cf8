-- Indexes that lead to what is asked for, in a storm too. A plan that was made in calm times takes an index of "what waits"
-- for empty and reads all of it for each question, so it holds no more than what its own question is about: what others
-- carry is not due by itself.
drop index effect_due;
create index effect_due on effect (due_at) where state = 'pending' and carried_by is null;
-- What a person got in messages of their own; thousands that went out with others are not walked past.
drop index effect_reached;
create index effect_reached on effect (person_id, channel, created_at desc) where kind = 'page' and carried_by is null;
-- The message that waits for company.
create index effect_gathering on effect (person_id, channel, created_at, key)
  where kind = 'page' and state = 'pending' and folded and carried_by is null;
