-- A subject's facts are stated one after another under the lock of its head, so this number rises with their `seq` on every
-- chain; ids, made of the clock and of chance, say nothing about order within a millisecond.
alter table outbox add column place bigint generated always as identity;
create unique index outbox_place on outbox (place);
