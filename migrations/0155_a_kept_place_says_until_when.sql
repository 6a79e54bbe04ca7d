-- A place that is kept for somebody is theirs until a moment, whoever accepts and whether or not the sweeper has come; nothing
-- stands there once it is taken.
alter table place_claims add column kept_until timestamptz;
update place_claims k set kept_until = w.offer_until
from waiting_list w join requests r on r.id = w.request_id
where w.request_id = k.request_id and w.state = 'Offered' and r.state in ('Pending', 'Negotiation') and k.released_at is null;
