-- What makes a request unread is numbered, so that one number says up to where somebody has read a workspace, but for a few requests.

-- The number of the last change of what is counted of a request: its news, its part of an inbox, whose inboxes it stands in. 0 for
-- what nobody has changed since there are numbers.
create sequence request_news_numbers;
alter table requests add column news_no bigint not null default 0;

-- Up to which number somebody's reading of a workspace is settled: of the requests whose number is not above it, exactly those in
-- `request_unread` are unread. What is above is looked up in `request_reads`, as is everything for whoever has no mark.
create table request_marks (
    user_id uuid not null references users on delete cascade,
    -- A community's or an organization's.
    workspace_id uuid not null,
    news_no bigint not null,
    primary key (user_id, workspace_id)
);
-- No key leads to requests, which nobody deletes: looking at it would wait for whoever is answering one of them.
create table request_unread (
    user_id uuid not null,
    workspace_id uuid not null,
    request_id uuid not null,
    -- The number of an inbox that counts it; empty while staff hold it back from this workspace.
    part text not null,
    primary key (user_id, workspace_id, request_id) include (part),
    foreign key (user_id, workspace_id) references request_marks on delete cascade
);
create index request_unread_request on request_unread (request_id, user_id);

-- Whoever takes a number says so until what they do is seen: no mark passes a smaller number that is still to come. It is said for
-- one of 256 shelves on which workspaces stand, since a transaction that changes thousands of requests can hold so many locks.
create function request_shelf(workspace uuid) returns integer language sql immutable as
    $$ select (hashtextextended(workspace::text, 0) & 255)::integer $$;
create function next_request_news(community uuid, organization uuid) returns bigint language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7203, request_shelf(community));
    perform pg_advisory_xact_lock_shared(7203, request_shelf(organization));
    return nextval('request_news_numbers');
end
$$;
-- Up to where the numbers of a workspace's requests are all seen; nothing while somebody is at work on its shelf. The second
-- statement sees what was committed before the first one, and what is numbered after it has a greater number.
create function settled_request_news(workspace uuid) returns bigint language plpgsql as $$
begin
    if not pg_try_advisory_xact_lock(7203, request_shelf(workspace)) then
        return null;
    end if;
    return greatest((select max(news_no) from requests where community_id = workspace),
                    (select max(news_no) from requests where organization_id = workspace));
end
$$;

create function number_request() returns trigger language plpgsql as $$
begin
    new.news_no = next_request_news(new.community_id, new.organization_id);
    if (old.community_id, old.organization_id) is distinct from (new.community_id, new.organization_id) then
        delete from request_unread where request_id = new.id and workspace_id not in (new.community_id, new.organization_id);
    end if;
    return new;
end
$$;
create trigger requests_numbered
    before update of community_id, organization_id, state, held_at, news_seq, news_by, news_before on requests for each row
    when ((old.community_id, old.organization_id, old.state, old.held_at is null, old.news_seq, old.news_by, old.news_before)
          is distinct from (new.community_id, new.organization_id, new.state, new.held_at is null, new.news_seq, new.news_by, new.news_before))
    execute function number_request();

-- Whatever notes a reading. A mark of the same person that is being moved did not see it, and is waited for; the second statement
-- sees what it left.
create function note_request_read() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('request reads ' || new.user_id::text, 0));
    delete from request_unread x using requests r
    where x.request_id = new.request_id and x.user_id = new.user_id and r.id = x.request_id
      and case when r.news_by is distinct from new.user_id then r.news_seq else r.news_before end <= new.seq;
    return null;
end
$$;
create trigger request_reads_noted after insert or update of seq on request_reads for each row execute function note_request_read();
