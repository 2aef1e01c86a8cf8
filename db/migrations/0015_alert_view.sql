-- alert view
select 1;
