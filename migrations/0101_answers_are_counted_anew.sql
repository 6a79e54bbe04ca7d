-- A request that was handed over or put aside is not answered, so what was counted as an answer is counted anew from the facts.
update community_answers a
set answered_at = (
    select min(f.at) from facts f
    where f.subject_kind = 'request' and f.subject_id = a.request_id and f.payload::jsonb ->> 'side' = 'community'
      and ((f.room = 'requests' and (f.name = 'request_accepted'
                or f.name = 'request_rejected' and (f.payload::jsonb -> 'automatic') is distinct from 'true'::jsonb))
           or (f.room = 'decisions' and f.name = 'waiting_joined')))
where a.answered_at is not null;
update communities c
set (answers, median_answer_seconds) = (
    select count(*), percentile_cont(0.5) within group (order by extract(epoch from a.answered_at - a.opened_at))::bigint
    from community_answers a where a.community_id = c.id and a.answered_at is not null)
where exists (select 1 from community_answers a where a.community_id = c.id);
