-- When a topic last spoke through a source and was believed.
alter table subscription add column last_message_at timestamptz;
