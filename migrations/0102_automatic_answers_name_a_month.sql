-- An automatic answer may say from which month asking again is welcome: "ask again in March".
alter table request_fits add column ask_again_month smallint check (ask_again_month between 1 and 12);
