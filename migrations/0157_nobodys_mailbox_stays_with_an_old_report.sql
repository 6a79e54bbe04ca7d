-- Files that were carried out before mailboxes went with the run: their rows lose what later ones lose at once, and are called by
-- their companies. What their pictures are found by stays until its time is over; of events nothing is.
update import_rows r
set cells = array(
        select case when c.place = any (k.places) then c.cell else '' end
        from unnest(r.cells) with ordinality as c (cell, place) order by c.place
    ),
    title = case
        when r.outcome = 'problem' and starts_with(r.reason, 'Mailbox: ') and r.reason <> 'Mailbox: It could not be read.'
            then coalesce(nullif(left(btrim(r.cells[k.name]), 120), ''), '(forgotten)')
        else r.title
    end,
    reason = case
        when r.outcome = 'problem' and starts_with(r.reason, 'Mailbox: ') then 'Mailbox: It could not be read.'
        else r.reason
    end
from (
    select i.id, array_position(i.headings, i.mapping ->> 'displayName') as name,
           array(
               select array_position(i.headings, m.value)::bigint from jsonb_each_text(i.mapping) m
               where i.target <> 'events' and m.key in ('displayName', 'website', 'industry', 'segment', 'logo')
           ) as places
    from imports i where i.state in ('applied', 'undone') and i.forgotten_at is null
) k
where r.import_id = k.id;
