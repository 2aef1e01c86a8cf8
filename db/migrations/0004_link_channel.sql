-- On which channel a link went out: whoever acts by it has seen that message, and the page ledger may say so.
alter table link add column channel text; -- null: not sent by a channel
