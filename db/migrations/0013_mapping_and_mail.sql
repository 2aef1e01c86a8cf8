-- mapping and mail
select 1;
