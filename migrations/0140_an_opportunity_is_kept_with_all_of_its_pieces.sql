-- Requests keep of every piece of an opportunity also what it gives, how many there are, its package and what excludes it.
--
-- The schema says so: what was kept before knows nothing of these, which is no change of them.

create or replace view opportunity_snapshots as
select o.id as opportunity_id,
       jsonb_build_object(
           'schema', 'opportunity/2', 'id', o.id, 'title', o.title, 'description', o.description, 'category', o.category,
           'currency', o.currency, 'budgetMinMinor', o.budget_min, 'budgetMaxMinor', o.budget_max, 'places', o.places,
           'decisionDate', o.decision_date,
           'benefits', (select coalesce(jsonb_agg(jsonb_build_object('kind', b.kind, 'text', b.text) order by b.position), '[]')
                        from opportunity_benefits b where b.opportunity_id = o.id),
           'items', (select coalesce(jsonb_agg(jsonb_build_object('kind', i.kind, 'name', i.name, 'details', i.details,
                         'priceMinor', i.price_minor, 'benefit', i.benefit, 'stock', i.stock,
                         'package', (select p.name from opportunity_items p where p.id = i.package_id),
                         'conflicts', (select coalesce(jsonb_agg(k.name order by k.position), '[]')
                                       from opportunity_items k
                                       where k.opportunity_id = o.id and not k.retired and exists
                                           (select 1 from opportunity_item_conflicts x
                                            where x.item_id = least(i.id, k.id) and x.other_id = greatest(i.id, k.id))))
                         order by i.position), '[]')
                     from opportunity_items i where i.opportunity_id = o.id and not i.retired)
       ) as snapshot
from opportunities o;
