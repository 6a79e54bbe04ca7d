-- Staff look through organizations by their standing, the newest first.
create index organizations_of_staff on organizations (verification_status, id desc);
