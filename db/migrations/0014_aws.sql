-- aws
select 1;
