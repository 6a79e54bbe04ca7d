-- Why the other side declined what a workspace sent stands in an index by when it did, and nothing else does: a week has a most that
-- may be sent, and so has what is counted of a year, whatever else the workspace ever had.
create index requests_community_declined on requests (community_id, closed_at) include (rejection_reason)
    where opened_by = 'community' and turn = 'organization' and state = 'Rejected' and held_at is null and rejection_reason is not null;
create index requests_organization_declined on requests (organization_id, closed_at) include (rejection_reason)
    where opened_by = 'organization' and turn = 'community' and state = 'Rejected' and held_at is null and rejection_reason is not null;
