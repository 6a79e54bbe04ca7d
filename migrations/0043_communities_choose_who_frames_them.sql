-- On which sites a community's walls and badges may stand in a frame: origins, or * alone. Without a row: everywhere.
create table community_embeds (
    community_id uuid primary key references communities,
    origins text[] not null,
    version integer not null default 1
);
