-- Receipts live in one partition a day, so that retention drops whole days. The app's role owns no table: these two
-- functions run as the owner and can do nothing but make and drop such days.

-- Makes the partitions of `days` days from `first` on (UTC). Rows of such a day that fell into the default partition
-- meanwhile are moved into it. Answers how many were made.
create function ensure_receipt_days(first date, days integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare
  day  date;
  part text;
  made integer := 0;
begin
  if days not between 1 and 60 then
    raise exception 'between 1 and 60 days can be made at once';
  end if;
  for day in select d::date from generate_series(first, first + days - 1, interval '1 day') d loop
    part := 'receipt_' || to_char(day, 'YYYYMMDD');
    continue when to_regclass('public.' || part) is not null;
    execute format('create table public.%I (like public.receipt including defaults including constraints)', part);
    execute format(
      'with moved as (delete from public.receipt_default where received_at >= %L and received_at < %L returning *)
       insert into public.%I select * from moved', day::timestamptz, (day + 1)::timestamptz, part);
    -- attaching takes a weaker lock on the parent than creating in place: receipts go on being written
    execute format(
      'alter table public.receipt attach partition public.%I for values from (%L) to (%L)',
      part, day::timestamptz, (day + 1)::timestamptz);
    made := made + 1;
  end loop;
  return made;
end
$$;

-- Drops the days before `keep_from`, and what of them is in the default partition. Answers how many days were dropped.
create function drop_receipt_days(keep_from date) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare
  part    record;
  dropped integer := 0;
begin
  if keep_from > current_date - 1 then
    raise exception 'receipts of today and yesterday are always kept';
  end if;
  for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.receipt'::regclass and c.relname ~ '^receipt_\d{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD') < keep_from
  loop
    execute format('drop table public.%I', part.relname);
    dropped := dropped + 1;
  end loop;
  delete from public.receipt_default where received_at < keep_from::timestamptz;
  return dropped;
end
$$;
