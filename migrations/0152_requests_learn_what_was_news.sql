-- Requests from before learn what was news about them. By itself, and before there are indexes for it: rows are written once each,
-- and who reads waits for nothing.

with news as (
    select subject_id, seq, actor_user_id from facts
    where subject_kind = 'request'
      and name in ('request_opened', 'request_accepted', 'request_rejected', 'request_withdrawn', 'request_expired',
                   'request_released', 'request_delivered', 'request_refused')
), newest as (
    select distinct on (subject_id) subject_id, seq, actor_user_id from news order by subject_id, seq desc
), others as (
    select n.subject_id, max(n.seq) as seq from news n join newest l on l.subject_id = n.subject_id
    where n.actor_user_id is distinct from l.actor_user_id group by n.subject_id
)
update requests r set news_seq = l.seq, news_by = l.actor_user_id, news_before = coalesce(o.seq, 0)
from newest l left join others o on o.subject_id = l.subject_id
where r.id = l.subject_id and l.seq >= r.news_seq;

update requests r
set community_aside = exists (select 1 from request_desks d where d.request_id = r.id and d.side = 'community' and d.snoozed_until is not null),
    organization_aside = exists (select 1 from request_desks d where d.request_id = r.id and d.side = 'organization' and d.snoozed_until is not null)
where r.id in (select request_id from request_desks where snoozed_until is not null);
