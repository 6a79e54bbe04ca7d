-- An opportunity as requests keep it is one view, so that a page may compare it with what it was by the statement that reads
-- the request.

create view opportunity_snapshots as
select o.id as opportunity_id,
       jsonb_build_object(
           'schema', 'opportunity/1', 'id', o.id, 'title', o.title, 'description', o.description, 'category', o.category,
           'currency', o.currency, 'budgetMinMinor', o.budget_min, 'budgetMaxMinor', o.budget_max, 'places', o.places,
           'decisionDate', o.decision_date,
           'benefits', (select coalesce(jsonb_agg(jsonb_build_object('kind', b.kind, 'text', b.text) order by b.position), '[]')
                        from opportunity_benefits b where b.opportunity_id = o.id),
           'items', (select coalesce(jsonb_agg(jsonb_build_object('kind', i.kind, 'name', i.name, 'details', i.details,
                         'priceMinor', i.price_minor) order by i.position), '[]')
                     from opportunity_items i where i.opportunity_id = o.id and not i.retired)
       ) as snapshot
from opportunities o;
