-- What stood in the cells of a file that was carried out is forgotten in time; what became of its rows stays.
alter table imports add column forgotten_at timestamptz;
insert into deadlines (kind, subject_id, at)
select 'import-cells', id, applied_at + interval '90 days' from imports where applied_at is not null and state = 'applied'
on conflict do nothing;
