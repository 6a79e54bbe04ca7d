select o.id, o.slug, o.display_name, lower(o.display_name) as sort_name, o.entity_type, o.website, o.industry,
       o.short_description, o.technologies, o.supported_regions, o.sponsorship_types, o.budget_currency, o.budget_min,
       o.budget_max, o.verification_status, o.events_sponsored, o.communities_supported, o.reputation, o.created_at,
       l.storage_key as logo_key
from organizations o left join logos l on l.id = o.logo_id where o.verification_status in ('Verified', 'Community Added') and o.id = any($1)
