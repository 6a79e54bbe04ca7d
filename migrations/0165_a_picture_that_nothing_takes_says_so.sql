-- Pictures that belong to a row and become nobody's logo, each with the reason.
alter table import_pictures drop constraint import_pictures_outcome_check;
alter table import_pictures
    add constraint import_pictures_outcome_check check (outcome in ('matched', 'unused', 'unmatched', 'refused'));
