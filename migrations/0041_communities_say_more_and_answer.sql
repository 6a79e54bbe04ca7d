-- Where a community works, in which languages and how large it is; and how fast it answers those who ask.
alter table communities add column region text not null default '';
alter table communities add column languages text[] not null default '{}';
alter table communities add column size text not null default '';
-- Counted from community_answers, so that a page needs no aggregate.
alter table communities add column answers integer not null default 0;
alter table communities add column median_answer_seconds bigint;

-- Requests that organizations opened, and when the community first answered; told by the facts of the requests room.
create table community_answers (
    request_id uuid primary key,
    community_id uuid not null references communities,
    opened_at timestamptz not null,
    answered_at timestamptz
);
create index community_answers_of on community_answers (community_id) where answered_at is not null;
