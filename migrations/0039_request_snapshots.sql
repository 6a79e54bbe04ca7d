-- The opportunity as it was when the request was made; canonical JSON. Nothing for requests without one.
alter table requests add column opportunity_snapshot text;
