-- Of a workbook with several sheets: which one is read, what all of them are called, and, until it is carried out, the workbook
-- itself, from which another can be read.
create table import_books (
    import_id uuid primary key references imports on delete cascade,
    sheet text not null,
    sheets text[] not null,
    book bytea
);
