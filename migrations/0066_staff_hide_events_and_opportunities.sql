-- Staff take an event or an opportunity off the marketplace for a reason, which its community reads, and put it back.
alter table events add column hidden_reason text;
alter table opportunities add column hidden_reason text;

alter table reports drop constraint reports_state_check;
alter table reports add constraint reports_state_check check (state in ('Open', 'Dismissed', 'Warned', 'Hidden', 'Shown'));
