-- source keys
select 1;
