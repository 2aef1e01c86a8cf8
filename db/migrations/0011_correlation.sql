-- correlation
select 1;
