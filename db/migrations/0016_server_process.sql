-- Which process a server is, so that one of the same machine can tell for certain that it has ended.
alter table server add column process text;
