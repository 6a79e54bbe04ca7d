-- What an organization looks like elsewhere: its logo on a dark ground, its wordmark, its colours, and how it is described.
alter table organizations add column logo_on_dark_id uuid references logos;
alter table organizations add column wordmark_id uuid references logos;
-- #rrggbb, the main one first.
alter table organizations add column brand_colors text[] not null default '{}';
alter table organizations add column boilerplate text not null default '';
