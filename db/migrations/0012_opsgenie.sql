-- opsgenie
select 1;
