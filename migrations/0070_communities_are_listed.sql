-- Communities on the marketplace are listed by their slugs, in an order that no locale changes.
create index communities_listed on communities (slug collate "C") where status in ('approved', 'active');
