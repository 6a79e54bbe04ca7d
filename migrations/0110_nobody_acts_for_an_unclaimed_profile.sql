-- A profile that a community added has people only when staff have approved a claim; a seat from before opens nothing.
create or replace view seats as
select m.user_id, 'organization'::text as kind, o.id as workspace_id, o.slug, o.display_name as name, m.role,
       o.verification_status as status, m.signatory, m.finance
from organization_members m join organizations o on o.id = m.organization_id
where 'Community Added' not in (o.verification_status, coalesce(o.disabled_from, ''))
union all
-- Only active members act for a community.
select m.user_id, 'community'::text, c.id, c.slug, c.name, m.role, c.status, m.signatory, m.finance
from members m join communities c on c.id = m.community_id
where m.status = 'Active';
