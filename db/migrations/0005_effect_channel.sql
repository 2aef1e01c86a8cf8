-- The newest effects of a channel: the doctor asks for them, and must not read years of history.
create index effect_channel on effect (channel, created_at desc);
