-- What was prepared about a request that is closed can never be said: it is forgotten with it, and so is what stood here before.
delete from prepared_decisions d using requests r
where r.id = d.request_id and r.state not in ('Pending', 'Negotiation');
