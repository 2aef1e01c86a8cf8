-- silence
select 1;
