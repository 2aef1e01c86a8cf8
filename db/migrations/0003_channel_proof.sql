-- When each channel last took a test page ("page me now"): such a page belongs to no incident and leaves no effect.
create table channel_proof (
  channel  text primary key, -- 'email', 'webhook:<connection>'
  taken_at timestamptz not null,
  took_ms  integer not null check (took_ms >= 0)
);
