-- alert write
select 1;
