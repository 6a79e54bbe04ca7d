-- Fills a database that holds the demo with a marketplace of :n organizations, :n/5 events, :n/10 opportunities, :n requests
-- and :n/50 communities. Run by benches/bench.py as the owner; nothing of it is for production.
--
-- The same :n gives the same rows, whatever the machine: every choice is a hash of the row's number and of what is chosen. Only
-- dates of events move with the day. Choices are skewed as such lists are: few industries, technologies and words hold most,
-- few communities and organizations have most events and requests. Two workspaces of the demo are large ones: Apex Circle has
-- a hundredth of the requests and a two-hundredth of the events; Acme Cloud another hundredth of the requests.
\set ON_ERROR_STOP on
set client_min_messages = warning;
-- No triggers: foreign keys hold by construction, and the index of the directory reads everything at the start anyway.
set session_replication_role = replica;
set synchronous_commit = off;
set maintenance_work_mem = '512MB';
set work_mem = '256MB';
set jit = off;
begin;
create schema bench;
set local search_path = bench, public;

-- A number in [0, 1) that only depends on what it is for.
create function u(n bigint, salt bigint) returns float8 language sql immutable parallel safe as
    'select (hashint8extended($1, $2) & 9007199254740991)::float8 / 9007199254740992.0';
-- 1..size, the first ones far more often (Zipf's law: the k-th about as often as 1/k).
create function zipf(n bigint, salt bigint, size bigint) returns integer language sql immutable parallel safe as
    'select least($3, floor(exp(bench.u($1, $2) * ln($3 + 1.0::float8))))::integer';
create function pick(list text[], n bigint, salt bigint) returns text language sql immutable parallel safe as
    'select $1[bench.zipf($2, $3, cardinality($1))]';
create function any_of(list text[], n bigint, salt bigint) returns text language sql immutable parallel safe as
    'select $1[1 + floor(bench.u($2, $3) * cardinality($1))::integer]';
-- 1..size, the first ones more often, but none very often: the larger the power, the more.
create function lean(n bigint, salt bigint, size bigint, power float8) returns bigint language sql immutable parallel safe as
    'select 1 + floor(power(bench.u($1, $2), $4) * $3)::bigint';
-- The id of the n-th row of a kind, as version 7 writes ids: sorted by when.
create function id(kind text, n bigint) returns uuid language sql immutable parallel safe as
    'select (lpad(to_hex(1704067200000 + $2 * 60000), 12, ''0'') || ''7'' || substr(md5($1 || $2::text), 1, 3) || ''8'' || substr(md5($1 || $2::text), 4, 15))::uuid';

-- ── Words ────────────────────────────────────────────────────────────────────────────────────────────────────────────
create function syllable(n bigint, salt bigint) returns text language sql immutable parallel safe as $$
    select (array[
    'an','ar','ba','be','bo','bri','ca','ce','co','da','de','dor','el','en','er','fa','fen','fi','ga','gen','gra','ha','hel','in',
    'is','ja','ka','kel','ki','la','le','lin','lo','lu','ma','mer','mi','mo','na','ne','nor','nu','o','on','or','pa','pel','qui',
    'ra','ren','ri','ro','sa','sel','si','so','ta','tel','ti','to','tri','u','va','ven','vi','wa','wen','xi','ya','za','zen','zo'])[1 + floor(bench.u($1, $2) * 72)::integer] $$;
create function name_of(n bigint, salt bigint) returns text language sql immutable parallel safe as $$
    select initcap(bench.syllable($1, $2) || bench.syllable($1, $2 + 1)
        || case when bench.u($1, $2 + 4) < 0.75 then bench.syllable($1, $2 + 2) else '' end
        || case when bench.u($1, $2 + 4) < 0.25 then bench.syllable($1, $2 + 3) else '' end) $$;

-- Common words first, then 3,000 made ones that fewer and fewer use.
create table words as
select (row_number() over ())::integer as i, word from (
    select unnest(array['for','and','teams','developers','with','the','cloud','data','people','software','that','build','open','tools',
        'we','platform','help','security','companies','your','services','products','mobile','learning','design','api','source',
        'students','community','events','infrastructure','analytics','engineering','support','payments','scale','fast','small','web',
        'models','hosting','storage','network','training','hiring','automation','monitoring','testing','consulting','commerce','games',
        'health','devices','media','marketing','education','finance','research','energy','logistics','robotics','sensors','maps',
        'video','audio','search','identity','privacy','compliance','backups','queues','databases','observability','workflow']) as word
    union all
    select lower(name_of(g, 900)) from generate_series(1, 3000) g
) as w;
create table sentences as
select g::integer as i, initcap(left(string_agg(w.word, ' ' order by k), 1)) || substr(string_agg(w.word, ' ' order by k), 2) || '.' as text
from generate_series(1, 20000) g cross join lateral generate_series(1, 6 + floor(u(g, 11) * 9)::integer) k
     join words w on w.i = zipf(g * 100 + k, 12, 3074)
group by g;
alter table sentences add primary key (i);

-- ── Sets that several rows have in common ────────────────────────────────────────────────────────────────────────────
create table sets as
with technologies as (select array['Python','JavaScript','Kubernetes','AWS','TypeScript','React','Docker','PostgreSQL','Node.js','Java','Go','Linux',
    'Rust','LLMs','Terraform','Google Cloud','Azure','MySQL','Redis','C++','GraphQL','MongoDB','PyTorch','.NET','C#','Android','iOS','Kotlin',
    'Swift','Next.js','Vue.js','Angular','Apache Kafka','Elasticsearch','TensorFlow','Snowflake','Apache Spark','Grafana','Prometheus',
    'OpenTelemetry','WebAssembly','PHP','Laravel','Ruby on Rails','Ruby','Django','Flask','FastAPI','Spring Boot','Flutter','React Native',
    'Unity','Unreal Engine','Solidity','Ethereum','Web3','Svelte','Tailwind CSS','Supabase','Firebase','Vercel','Hugging Face','LangChain',
    'OpenAI','R','Julia','Scala','Elixir','Haskell','Clojure','C','Cassandra','Neo4j','RabbitMQ','gRPC','Ansible','Jenkins','GitHub','GitLab',
    'Power BI','Tableau','Figma','Deno','Erlang','Lua','Perl','MATLAB','ROS','OpenCV','WebRTC','WebGL','Three.js','Solana'] as list)
select g::integer as i,
    array(select distinct pick(t.list, g * 10 + k, 21) from generate_series(1, 1 + zipf(g, 22, 9)) k) as technologies,
    array(select distinct pick(array['Terraform','Docker','GitHub','Grafana','Figma','VS Code','Postman','Jira','Slack','Datadog'], g * 10 + k, 23)
          from generate_series(1, floor(u(g, 24) * 4)::integer) k) as tools,
    case when u(g, 25) < 0.15 then array['Global'] else
        array(select distinct pick(array['North America','Europe','South Asia','East Asia','South-East Asia','Latin America','Africa','Middle East','Oceania','Central Asia'], g * 10 + k, 26)
              from generate_series(1, 1 + zipf(g, 27, 4)) k) end as regions,
    array(select distinct pick(array['Cash','Cloud or API credits','Swag','Hiring','Prizes','Mentors and speakers','Licences and tools','Venue','Food and drinks','Media'], g * 10 + k, 28)
          from generate_series(1, 1 + zipf(g, 29, 4)) k) as gives,
    array(select distinct pick(array['Hackathon','Conference','Meetup','Workshop','Tech Talk','Bootcamp','Webinar','Open Source Sprint','Demo Day','Networking Event','Community Meetup','Code Lab','Competition','Startup Pitch'], g * 10 + k, 30)
          from generate_series(1, floor(u(g, 31) * 5)::integer) k) as event_types
from generate_series(1, 20000) g cross join technologies t;
alter table sets add primary key (i);

create table numbers as select :n::bigint as organizations, greatest(:n / 5, 20)::bigint as events, :n::bigint as requests,
    greatest(:n / 50, 10)::bigint as communities, (:n / 2)::bigint as partners;
create table demo as select
    (select id from public.users where email = 'ravi@apex.example') as ravi,
    (select id from public.communities where slug = 'apex-circle') as apex,
    (select id from public.organizations where slug = 'acme-cloud') as acme,
    array(select id from public.logos order by sha256) as logos;
-- Whose event: nobody's number, Apex Circle, for every two-hundredth.
create function host(e bigint, communities bigint) returns bigint language sql immutable parallel safe as
    'select case when $1 % 200 = 0 then 0 else bench.lean($1, 41, $2, 2.0) end';
create function host_id(e bigint, communities bigint, apex uuid) returns uuid language sql immutable parallel safe as
    'select case when bench.host($1, $2) = 0 then $3 else bench.id(''community'', bench.host($1, $2)) end';

-- Who stands where, first of all: organizations keep a count of it.
create table stands as
select distinct on (e, o, category) n, e, o, category from (
    select g as n, lean(g, 51, x.events, 1.3) as e, lean(g, 52, x.organizations, 2.0) as o,
        pick(array['Gold Sponsor','Silver Sponsor','Bronze Sponsor','Community Partner','Platinum Sponsor','Media Partner','Title Sponsor','Venue Partner','Knowledge Partner','Diamond Sponsor'], g, 53) as category
    from numbers x cross join lateral generate_series(1, x.partners) g
) as s order by e, o, category, n;
create table support as
select o, count(distinct e) as events, count(distinct host(e, x.communities)) as communities from stands cross join numbers x group by o;
alter table support add primary key (o);

-- ── Indexes go and come back: built at the end they cost a fraction ──────────────────────────────────────────────────
create table indexes as
select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as made
from pg_index i
where i.indrelid in ('public.organizations'::regclass, 'public.events'::regclass, 'public.event_partners'::regclass, 'public.opportunities'::regclass,
                     'public.requests'::regclass, 'public.revisions'::regclass, 'public.communities'::regclass)
  and not i.indisprimary and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid);
do $$ declare it record; begin
    for it in select name from bench.indexes loop execute 'drop index ' || it.name; end loop;
end $$;

-- ── People and communities ───────────────────────────────────────────────────────────────────────────────────────────
insert into public.users (id, email, name, email_verified_at, created_at, updated_at)
select id('user', g), lower(name_of(g, 61)) || g || '@people.example', name_of(g, 61) || ' ' || name_of(g, 66), at, at, at
from numbers x cross join lateral generate_series(1, x.communities) g
     cross join lateral (select timestamptz '2024-01-01' + g * interval '1 minute' as at) t;

insert into public.communities (id, slug, name, name_skeleton, bio, website, identity_key, community_type, country, city, official_email, phone,
    logo_id, status, trust_score, submitted_at, decided_at, created_at, updated_at, region, languages, size, answers, median_answer_seconds)
select id('community', g), lower(name_of(g, 71)) || '-' || g, name_of(g, 71) || ' ' || kind, lower(name_of(g, 71)) || lower(kind),
    s.text || ' ' || t.text, 'https://' || lower(name_of(g, 71)) || g || '.example', lower(name_of(g, 71)) || g || '.example',
    pick(array['Meetup group','University club','Hackathon organizer','Open source project','Conference','Online community','Professional network','Bootcamp or school','Nonprofit','Company community'], g, 72),
    split_part(place, ',', 2), split_part(place, ',', 1), 'hello@' || lower(name_of(g, 71)) || g || '.example', '\x00',
    case when u(g, 76) < 0.4 then d.logos[1 + floor(u(g, 77) * cardinality(d.logos))::integer] end,
    case when u(g, 78) < 0.85 then 'active' else 'approved' end, 50 + floor(u(g, 79) * 50)::integer, at, at, at, at,
    split_part(place, ',', 3), array[pick(array['English','Hindi','Spanish','Portuguese','German','French','Japanese'], g, 80)],
    pick(array['51 to 200','201 to 1,000','Up to 50','1,001 to 5,000'], g, 81), zipf(g, 82, 400) - 1, floor(3600 + u(g, 83) * 900000)::bigint
from numbers x cross join demo d cross join lateral generate_series(1, x.communities) g
     cross join lateral (select timestamptz '2024-01-01' + g * interval '20 minutes' as at,
        pick(array['Developers','Circle','Hack Club','User Group','Collective','Makers','Builders','Society'], g, 73) as kind,
        pick(array['Bengaluru,India,South Asia','Pune,India,South Asia','Berlin,Germany,Europe','London,United Kingdom,Europe','Lagos,Nigeria,Africa','San Francisco,United States,North America','Singapore,Singapore,South-East Asia','São Paulo,Brazil,Latin America','Toronto,Canada,North America','Tokyo,Japan,East Asia','Nairobi,Kenya,Africa','Dubai,United Arab Emirates,Middle East','Sydney,Australia,Oceania'], g, 74) as place) v
     join sentences s on s.i = 1 + floor(u(g, 84) * 20000)::integer join sentences t on t.i = 1 + floor(u(g, 85) * 20000)::integer;

insert into public.members (id, community_id, user_id, role, status, created_at)
select id('member', g), id('community', g), id('user', g), 'Owner', 'Active', timestamptz '2024-01-01' + g * interval '20 minutes'
from numbers x cross join lateral generate_series(1, x.communities) g;

-- ── Organizations ────────────────────────────────────────────────────────────────────────────────────────────────────
insert into public.organizations (id, slug, entity_type, display_name, legal_name, logo_id, website, identity_key, identity_shared, name_skeleton,
    industry, short_description, long_description, technologies, developer_tools, supported_regions, preferred_event_types, budget_currency,
    budget_min, budget_max, sponsorship_types, primary_email, verification_status, trust_score, submitted_at, decided_at, created_at,
    updated_at, events_sponsored, communities_supported)
select id('organization', g), slug, pick(array['Sponsor','Partner','Sponsor and partner'], g, 101), name,
    case when u(g, 102) < 0.3 then name || ' Ltd' else '' end,
    case when u(g, 103) < 0.3 then d.logos[1 + floor(u(g, 104) * cardinality(d.logos))::integer] end,
    'https://' || slug || '.example/', slug || '.example', false, lower(word || coalesce(kind, '')),
    pick(array['Developer tools','Cloud and infrastructure','Artificial intelligence','Consulting and services','Security','Data and databases','Fintech and banking','Web and frontend','Education','E-commerce and retail','Observability','Health and biotech','Gaming','Hiring and HR','Media and marketing','Mobile','Telecommunications','Blockchain','Consumer electronics and IoT','Nonprofit and public sector','Other'], g, 105),
    -- A word of its own or nearly so, for what is rarely looked for.
    a.text || case when u(g, 106) < 0.5 then ' ' || name_of(floor(u(g, 107) * x.organizations)::bigint, 700) || name_of(floor(u(g, 107) * x.organizations)::bigint, 720) || '.' else '' end,
    case when u(g, 108) < 0.6 then b.text || ' ' || c.text || E'\n\n' || a.text || ' ' || b.text else '' end,
    s.technologies, s.tools, s.regions, s.event_types,
    case when s.regions[1] = 'South Asia' then 'INR' else pick(array['USD','EUR','INR','GBP'], g, 109) end,
    v.low * 100, v.low * 100 * 4, s.gives, 'hello@' || slug || '.example',
    case when u(g, 110) < 0.40 then 'Verified' when u(g, 110) < 0.98 then 'Community Added' when u(g, 110) < 0.995 then 'Pending Verification' else 'Disabled' end,
    30 + floor(u(g, 111) * 70)::integer, at, at, at, at, coalesce(p.events, 0), coalesce(p.communities, 0)
from numbers x cross join demo d cross join lateral generate_series(1, x.organizations) g
     cross join lateral (select name_of(g, 121) as word,
        case when u(g, 122) < 0.6 then pick(array['Labs','Cloud','Systems','Data','Technologies','Software','Security','Digital','AI','Networks','Studio','Works'], g, 123) end as kind,
        -- The same calendar for every size: two years and a half.
        timestamptz '2024-01-01' + u(g, 124) * interval '900 days' as at,
        (array[0, 500, 2500, 10000, 50000, 250000])[zipf(g, 125, 6)]::bigint as low) v
     cross join lateral (select word || coalesce(' ' || kind, '') as name, lower(replace(word || coalesce('-' || kind, ''), ' ', '-')) || '-' || g as slug) w
     join sets s on s.i = 1 + floor(u(g, 126) * 20000)::integer
     join sentences a on a.i = 1 + floor(u(g, 127) * 20000)::integer
     join sentences b on b.i = 1 + floor(u(g, 128) * 20000)::integer
     join sentences c on c.i = 1 + floor(u(g, 129) * 20000)::integer
     left join support p on p.o = g;
insert into public.organization_slugs (slug, organization_id, created_at)
select slug, id, created_at from public.organizations where id not in (select organization_id from public.organization_slugs);
-- Acme Cloud's profile says what it looks for, or nothing could be matched with it.
update public.organizations set technologies = '{Kubernetes,PostgreSQL,Rust}', supported_regions = '{Europe,North America}',
    preferred_event_types = '{Hackathon,Conference}' where id = (select acme from demo);

-- ── Events, who stands on them, opportunities ────────────────────────────────────────────────────────────────────────
insert into public.events (id, community_id, slug, title, subtitle, description_markdown, registration_link, event_type, category, format, region,
    technologies, starts_wall, ends_wall, timezone, start_at, end_at, venue_name, venue_address, max_attendees, status, published_at, created_by,
    created_at, updated_at)
select id('event', g), host_id(g, x.communities, d.apex), lower(name_of(g, 141)) || '-' || g, name_of(g, 141) || ' ' || kind || ' ' || extract(year from start_at),
    left(a.text, 120), '# What it is' || E'\n\n' || a.text || ' ' || b.text || E'\n\n- ' || b.text || E'\n- ' || a.text,
    'https://' || lower(name_of(g, 141)) || g || '.example/register', kind,
    pick(array['Technology','Artificial Intelligence','Web Development','Open Source','Cloud Computing','Cybersecurity','Data Science','DevOps','Startup','Mobile Development','Machine Learning','Education','Community','Business'], g, 142),
    pick(array['In person','Online','Hybrid'], g, 143), s.regions[1], s.technologies,
    start_at at time zone 'UTC', (start_at + interval '9 hours') at time zone 'UTC', 'UTC', start_at, start_at + interval '9 hours',
    name_of(g, 144) || ' Hall', floor(1 + u(g, 145) * 200)::text || ' ' || name_of(g, 146) || ' Road', 50 * zipf(g, 147, 60),
    state, start_at - interval '90 days', d.ravi, start_at - interval '100 days', start_at - interval '90 days'
from numbers x cross join demo d cross join lateral generate_series(1, x.events) g
     cross join lateral (select pick(array['Meetup','Hackathon','Conference','Workshop','Tech Talk','Community Meetup','Bootcamp','Webinar','Code Lab','Open Source Sprint','Demo Day','Panel Discussion','Competition','Startup Pitch'], g, 148) as kind,
        case when u(g, 149) < 0.5 then 'Upcoming' when u(g, 149) < 0.52 then 'Live' when u(g, 149) < 0.95 then 'Completed' else 'Draft' end as state) v
     cross join lateral (select case state when 'Live' then current_date + time '00:30'
        when 'Completed' then current_date - 10 - floor(u(g, 150) * 700)::integer + time '09:00'
        else current_date + 20 + floor(u(g, 150) * 300)::integer + time '09:00' end as wall) w
     cross join lateral (select wall at time zone 'UTC' as start_at) t
     join sets s on s.i = 1 + floor(u(g, 151) * 20000)::integer
     join sentences a on a.i = 1 + floor(u(g, 152) * 20000)::integer
     join sentences b on b.i = 1 + floor(u(g, 153) * 20000)::integer;

insert into public.event_partners (id, event_id, community_id, organization_id, name_snapshot, logo_key_snapshot, website_snapshot, display_category,
    tier_keyword, benefits, display_order, created_at)
select id('partner', s.n), e.id, e.community_id, o.id, o.display_name, l.storage_key, o.website, s.category,
    case split_part(s.category, ' ', 2) when 'Partner' then case s.category when 'Media Partner' then 'media' else 'partner' end else lower(split_part(s.category, ' ', 1)) end,
    '[]', s.n, e.created_at + interval '1 day'
from stands s join public.events e on e.id = id('event', s.e) join public.organizations o on o.id = id('organization', s.o)
     left join public.logos l on l.id = o.logo_id;
insert into public.organization_support (organization_id, event_id, community_id, at)
select distinct on (organization_id, event_id) organization_id, event_id, community_id, created_at from public.event_partners
where organization_id is not null order by organization_id, event_id, created_at
on conflict do nothing;

insert into public.opportunities (id, community_id, event_id, title, description, category, currency, budget_min, budget_max, places, decision_date,
    decision_at, event_snapshot, status, opened_at, created_by, created_at, updated_at, search_text)
select id('opportunity', g), e.community_id, e.id, offered || ' of ' || e.title, a.text || ' ' || b.text, offered,
    case when e.region = 'South Asia' then 'INR' else pick(array['USD','EUR','INR','GBP'], g, 161) end, low * 100, low * 300, places,
    (e.start_at - interval '7 days')::date, ((e.start_at - interval '7 days')::date + time '23:59:59') at time zone 'UTC',
    jsonb_build_object('schema', 'event/1', 'id', e.id, 'communityId', e.community_id, 'slug', e.slug, 'title', e.title, 'eventType', e.event_type,
        'category', e.category, 'format', e.format, 'region', e.region, 'technologies', e.technologies,
        'startAt', to_char(e.start_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'endAt', to_char(e.end_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'timezone', e.timezone, 'venueName', e.venue_name, 'city', c.city, 'maxAttendees', e.max_attendees)::text,
    case when u(g, 162) < 0.9 then 'Open' else 'Closed' end, e.created_at + interval '2 days', d.ravi, e.created_at + interval '2 days',
    e.created_at + interval '2 days', offered || ' of ' || e.title || ' ' || a.text || ' ' || c.name || ' ' || array_to_string(e.technologies, ' ')
from numbers x cross join demo d cross join lateral generate_series(1, x.events) g
     join public.events e on e.id = id('event', g) and e.status = 'Upcoming' join public.communities c on c.id = e.community_id
     cross join lateral (select pick(array['Gold Sponsor','Silver Sponsor','Title Sponsor','Community Partner','Platinum Sponsor','Bronze Sponsor','Media Partner','Venue Partner'], g, 163) as offered,
        (array[500, 1000, 2500, 5000, 10000, 50000])[zipf(g, 164, 6)]::bigint as low, zipf(g, 165, 6) as places) v
     join sentences a on a.i = 1 + floor(u(g, 166) * 20000)::integer join sentences b on b.i = 1 + floor(u(g, 167) * 20000)::integer;
insert into public.opportunity_places (id, opportunity_id, number)
select id('place', row_number() over ()), o.id, k from public.opportunities o cross join lateral generate_series(1, o.places) k
where o.id in (select id('opportunity', g) from numbers x cross join lateral generate_series(1, x.events) g);
insert into public.opportunity_benefits (id, opportunity_id, position, kind, text)
select id('benefit', row_number() over ()), o.id, k, (array['Logo placement','Social promotion','Newsletter mention'])[k], ''
from public.opportunities o cross join generate_series(1, 3) k
where o.id in (select id('opportunity', g) from numbers x cross join lateral generate_series(1, x.events) g);

-- ── Requests ─────────────────────────────────────────────────────────────────────────────────────────────────────────
create table asked as
select n, e, o, by, since, state, row_number() over (partition by case when u(e, 149) < 0.5 then e else -1 - host(e, communities) end, o, state in ('Pending', 'Negotiation')
    -- Of the same opportunity, or of the same community where the event has none.
    order by n) as nth from (
    select g as n, x.communities,
        case when g % 100 = 0 then 200 * (1 + floor(u(g, 171) * (x.events / 200))::bigint) else lean(g, 172, x.events, 1.5) end as e,
        case when g % 100 = 1 then 0 else lean(g, 173, x.organizations, 1.5) end as o,
        case when u(g, 174) < 0.5 then 'community' else 'organization' end as by,
        current_date - floor(u(g, 175) * 600)::integer + u(g, 176) * interval '24 hours' as since,
        case when u(g, 177) < 0.12 then 'Pending' when u(g, 177) < 0.17 then 'Negotiation' when u(g, 177) < 0.5 then 'Accepted'
             when u(g, 177) < 0.8 then 'Rejected' when u(g, 177) < 0.9 then 'Withdrawn' else 'Expired' end as state
    from numbers x cross join lateral generate_series(1, x.requests) g
) as a;
insert into public.requests (id, community_id, organization_id, event_id, opportunity_id, opened_by, state, turn, revision, rejection_reason, created_by,
    opened_at, turn_since, expires_at, closed_at, updated_at, search_text, news_seq, news_by, news_before)
select id('request', a.n), e.community_id, case when a.o = 0 then d.acme else id('organization', a.o) end, e.id, p.id, a.by, v.state,
    case when a.by = 'community' then 'organization' else 'community' end, 1, case when v.state = 'Rejected' then 'Budget' end,
    -- People of the communities; whoever sent them matters to quotas only.
    w.sender, a.since, a.since,
    case when v.is_open then current_date + 30 + floor(u(a.n, 178) * 60)::integer else a.since + interval '30 days' end,
    case when not v.is_open then least(a.since + u(a.n, 179) * interval '20 days', current_date) end, a.since,
    lower(concat_ws(' ', c.name, coalesce(o.display_name, 'acme cloud'), e.title, p.title, s.text)),
    -- As if there were facts: one that opened it, and one of nobody here that closed it.
    case when v.is_open then 1 else 2 end, case when v.is_open and a.by = 'community' then w.sender end, case when v.is_open then 0 else 1 end
from asked a cross join numbers x cross join demo d join public.events e on e.id = id('event', a.e) left join public.organizations o on o.id = id('organization', a.o)
     join public.communities c on c.id = e.community_id left join public.opportunities p on p.id = id('opportunity', a.e)
     join sentences s on s.i = 1 + floor(u(a.n, 182) * 20000)::integer
     cross join lateral (select case when host(a.e, x.communities) = 0 then d.ravi else id('user', host(a.e, x.communities)) end as sender) w
     -- One open request for the same two and the same opportunity.
     cross join lateral (select case when a.nth > 1 and a.state in ('Pending', 'Negotiation') then 'Rejected' else a.state end as state,
        a.nth = 1 and a.state in ('Pending', 'Negotiation') as is_open) v;
-- Whose inboxes are measured has read nineteen of twenty.
insert into public.request_reads (user_id, request_id, seq)
select case when r.organization_id = d.acme then b.id else d.ravi end, r.id, r.news_seq
from asked a cross join demo d join public.requests r on r.id = id('request', a.n) join public.users b on b.email = 'asha@acme.example'
where d.acme = r.organization_id and u(a.n, 183) < 0.95 or d.apex = r.community_id and u(a.n, 184) < 0.95;
insert into public.revisions (id, request_id, sequence, side, currency, amount_minor, category, benefits, message, valid_until, canonical, hash, created_by, created_at)
select id('revision', a.n), id('request', a.n), 1, a.by, 'INR', 100000 * zipf(a.n, 181, 500)::bigint, 'Gold Sponsor', '[]', s.text, a.since + interval '30 days',
    '{"n":' || a.n || '}', sha256(convert_to('{"n":' || a.n || '}', 'UTF8')), d.ravi, a.since
from asked a cross join demo d join sentences s on s.i = 1 + floor(u(a.n, 182) * 20000)::integer;

do $$ declare it record; begin
    for it in select made from bench.indexes order by name loop execute it.made; end loop;
end $$;

-- ── What is looked for: 10,000 mixed questions, each with its kind ───────────────────────────────────────────────────
create table questions as
with of as (
    select g, 1 + floor(u(g, 191) * x.organizations)::bigint as o, (array['rare','common','two words','typo','empty','name'])[1 + g % 6] as kind
    from numbers x cross join lateral generate_series(0, 9999) g
)
select f.g as place, f.kind, case f.kind
    when 'rare' then lower(name_of(f.o, 700) || name_of(f.o, 720))
    when 'common' then w.word
    when 'two words' then w.word || ' ' || w2.word
    -- Two neighbouring letters of a name or a technology change places.
    when 'typo' then overlay(t.right_text placing substr(t.right_text, 3, 1) || substr(t.right_text, 2, 1) from 2 for 2)
    when 'name' then lower(o.display_name)
    else '' end as text
from of f join words w on w.i = zipf(f.g, 192, 3000) join words w2 on w2.i = zipf(f.g, 193, 3000)
     join public.organizations o on o.id = id('organization', f.o)
     cross join lateral (select case when u(f.g, 194) < 0.5 then lower(o.display_name)
        else pick(array['kubernetes','javascript','postgresql','typescript','python','terraform','elasticsearch','webassembly'], f.g, 195) end as right_text) t;
commit;
vacuum analyze;
