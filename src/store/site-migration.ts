/** Tables of what the rules of sites make, and of passages that they have still to see. */
export const SITE_RECORDS: readonly string[] = [
  // Written with the passage, in its transaction: a process that is killed leaves nothing that the rules never see.
  `create table site_inbox (site_id TEXT not null references site (id) on delete cascade,
     seq INT not null references passage (seq) on delete cascade, primary key (site_id, seq)) CLUSTERED`,
  "create index site_inbox_seq on site_inbox (seq)",
  `create table site_record (site_id TEXT not null references site (id) on delete cascade, kind TEXT not null,
     id TEXT not null, state TEXT not null, is_live INT not null, needs_person INT not null, parent TEXT, owner TEXT,
     plate TEXT, time_ms INT not null, end_ms INT, amount INT, paid INT not null, data_json TEXT not null,
     evidence_json TEXT, primary key (site_id, kind, id))`,
  "create index site_record_time on site_record (site_id, kind, time_ms, id)",
  "create index site_record_end on site_record (site_id, kind, end_ms) where end_ms is not null",
  "create index site_record_live on site_record (site_id, kind, time_ms) where is_live = 1",
  "create index site_record_person on site_record (site_id, kind, time_ms, id) where needs_person = 1",
  "create index site_record_parent on site_record (site_id, kind, parent) where parent is not null",
  "create index site_record_owner on site_record (site_id, kind, owner, time_ms) where owner is not null",
  "create index site_record_plate on site_record (plate) where plate is not null",
];
