-- An organization names its products: many of them live on one company's website.
alter table organizations add column products jsonb not null default '[]';
-- Their names, as the directory finds them.
alter table organizations add column products_text text not null default '';
create index organizations_products on organizations using gin (to_tsvector('simple', products_text));
