-- Whom an application named by their address may say that it is not theirs; the row stays, so that nobody counts it as confirmed.
alter table organization_seats_waiting add column declined_at timestamptz;
