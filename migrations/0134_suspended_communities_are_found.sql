-- Lists leave out what suspended communities have, without reading every community to find out which those are.
create index communities_suspended on communities (id) where status = 'suspended';
