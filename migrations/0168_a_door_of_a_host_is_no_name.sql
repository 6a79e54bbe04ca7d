-- What only leads to a place on a shared host (github.com/orgs/acme) is no part of what a website stands for any more
-- (`organizations/identity.rs`): rows from before get the key that their website has now. Where that is taken, staff merge the two.
create function place_behind_door(key text) returns text immutable language sql as $$
    select regexp_replace(key,
        '^(github\.com)/(?:orgs|sponsors)/|^(gitlab\.com)/(?:groups|users)/|^(codeberg\.org)/org/|^(sourceforge\.net)/(?:projects|p)/'
        || '|^(huggingface\.co)/(?:spaces|organizations)/|^(hub\.docker\.com)/(?:r|u|orgs)/',
        '\1\2\3\4\5\6/')
$$;

with behind as (
    select distinct on (place_behind_door(identity_key)) id, place_behind_door(identity_key) as key
    from organizations
    where place_behind_door(identity_key) <> identity_key and verification_status <> 'Pending Verification' and merged_into is null
    order by place_behind_door(identity_key), created_at, id
)
update organizations o set identity_key = b.key
from behind b
where o.id = b.id and not exists (
    select 1 from organizations other
    where other.identity_key = b.key and other.verification_status <> 'Pending Verification' and other.merged_into is null);

-- Who waits owns no place yet.
update organizations set identity_key = place_behind_door(identity_key)
where place_behind_door(identity_key) <> identity_key and verification_status = 'Pending Verification';
update communities set identity_key = place_behind_door(identity_key) where place_behind_door(identity_key) <> identity_key;
update website_proposals set identity_key = place_behind_door(identity_key) where place_behind_door(identity_key) <> identity_key;

drop function place_behind_door;
