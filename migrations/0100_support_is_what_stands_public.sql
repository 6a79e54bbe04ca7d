-- What an organization supports is what stands on public pages now, so what was only ever added is counted anew.
delete from organization_support s where not exists (
    select 1 from event_partners p join events e on e.id = p.event_id join communities c on c.id = e.community_id
    where p.organization_id = s.organization_id and p.event_id = s.event_id and p.visible and p.removed_at is null
      and e.public_visible and e.hidden_reason is null and e.deleted_at is null
      and e.status in ('Upcoming', 'Live', 'Completed', 'Archived') and c.status in ('approved', 'active'));
update organizations o
set events_sponsored = (select count(*) from organization_support s where s.organization_id = o.id),
    communities_supported = (select count(distinct s.community_id) from organization_support s where s.organization_id = o.id)
where o.events_sponsored <> (select count(*) from organization_support s where s.organization_id = o.id)
   or o.communities_supported <> (select count(distinct s.community_id) from organization_support s where s.organization_id = o.id);
