-- The network that a session was last seen in, never the whole address: 203.0.113.0/24, 2001:db8:1::/48, or nothing.
alter table sessions add column network text not null default '';
