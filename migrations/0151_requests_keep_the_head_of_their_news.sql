-- A request keeps what an inbox asks of its facts and of its desks: the newest of its news, and which side has put it aside.

-- Of the facts that are news to both sides: the number of the newest one, who did it, and the number of the newest one that
-- somebody else than they did; 0 where there is none. Nobody's own doings are news to them, so for whoever did the newest one
-- the one before counts, and for everybody else the newest.
alter table requests add column news_seq bigint not null default 0;
alter table requests add column news_by uuid;
alter table requests add column news_before bigint not null default 0;
-- The side that has put it aside, as `request_desks.snoozed_until` says.
alter table requests add column community_aside boolean not null default false;
alter table requests add column organization_aside boolean not null default false;

-- Wherever a fact is written, and in its transaction: whoever states one of these holds the request already.
create function note_request_news() returns trigger language plpgsql as $$
begin
    update requests
    set news_before = case when news_by is distinct from new.actor_user_id then news_seq else news_before end,
        news_by = new.actor_user_id, news_seq = new.seq
    where id = new.subject_id;
    return null;
end
$$;
create trigger facts_request_news after insert on facts for each row
    when (new.subject_kind = 'request'
          and new.name in ('request_opened', 'request_accepted', 'request_rejected', 'request_withdrawn', 'request_expired',
                           'request_released', 'request_delivered', 'request_refused'))
    execute function note_request_news();

create function note_request_aside() returns trigger language plpgsql as $$
begin
    update requests
    set community_aside = case when new.side = 'community' then new.snoozed_until is not null else community_aside end,
        organization_aside = case when new.side = 'organization' then new.snoozed_until is not null else organization_aside end
    where id = new.request_id
      and case when new.side = 'community' then community_aside else organization_aside end
          is distinct from (new.snoozed_until is not null);
    return null;
end
$$;
create trigger request_desks_aside after insert or update of snoozed_until on request_desks for each row
    execute function note_request_aside();
