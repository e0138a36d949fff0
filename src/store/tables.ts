/** The tables as Kysely types them. Booleans are 0 or 1, times epoch milliseconds, `_json` columns hold JSON text. */
import type { Generated } from "kysely";

interface RowColumns {
  id: string;
  revision: number;
  created_at_ms: number;
  updated_at_ms: number;
}

export interface PassageTable {
  /** Grows with every row: tells passages of one millisecond apart. */
  seq: Generated<number>;
  id: string;
  time_ms: number;
  last_time_ms: number;
  received_at_ms: number;
  camera_id: string;
  site_id: string | null;
  /** As read. */
  text: string;
  /** As searched: of the corrected text, else of `text`. */
  plate: string;
  corrected_text: string | null;
  display: string | null;
  confidence: number;
  /** `""` for none, so that it can be a key. */
  region: string;
  region_confidence: number | null;
  doubt: string;
  line_count: number;
  frame_count: number;
  direction: string | null;
  crop: string | null;
  frame: string | null;
  picture_bytes: number;
  is_hashed: number;
  hold: number;
  hold_note: string | null;
  held_by: string | null;
}

/** What a search never looks at, apart from the narrow rows that it scans. */
export interface PassageDetailTable {
  seq: number;
  rest_json: string;
  reads_json: string | null;
}

export interface Tables {
  passage: PassageTable;
  passage_detail: PassageDetailTable;
  /** Passages by the lists they hit, once per list. */
  passage_list: { list_id: string; time_ms: number; seq: number };
  correction: {
    id: string;
    seq: number;
    from_text: string;
    to_text: string;
    from_plate: string;
    to_plate: string;
    note: string | null;
    by_name: string;
    at_ms: number;
  };
  /** Every plate once, with how many passages it has. */
  plate: {
    plate: string;
    folded: string;
    reversed: string;
    passages: number;
    first_ms: number;
    last_ms: number;
  };
  /** Folded plates by each text that leaves one of their characters out. */
  plate_neighbour: { neighbour: string; folded: string };
  /** Plates by each three characters in a row. */
  plate_gram: { gram: string; plate: string };
  picture: { hash: string; bytes: number; refs: number };
  passage_count: {
    bin_ms: number;
    camera_id: string;
    region: string;
    doubt: string;
    passages: number;
    confidence_sum: number;
  };
  camera_usage: { camera_id: string; passages: number; bytes: number };
  camera_count: { camera_id: string; hour_ms: number; name: string; count: number };
  camera: RowColumns & {
    name: string;
    site_id: string | null;
    kind: string;
    is_enabled: number;
    rest_json: string;
    removed_at_ms: number | null;
  };
  site: RowColumns & { name: string; kind: string; rest_json: string };
  site_event: {
    id: string;
    site_id: string;
    kind: string;
    plate: string | null;
    passage_id: string | null;
    time_ms: number;
    data_json: string;
  };
  site_state: { site_id: string; key: string; value_json: string };
  /** Passages that the rules of their site have still to see. */
  site_inbox: { site_id: string; seq: number };
  site_record: {
    site_id: string;
    kind: string;
    id: string;
    state: string;
    is_live: number;
    needs_person: number;
    parent: string | null;
    owner: string | null;
    plate: string | null;
    time_ms: number;
    end_ms: number | null;
    amount: number | null;
    paid: number;
    data_json: string;
    evidence_json: string | null;
  };
  plate_list: RowColumns & { name: string; kind: string; site_id: string | null; rest_json: string };
  list_entry: RowColumns & { list_id: string; text: string; rest_json: string };
  alert_rule: RowColumns & { name: string; rest_json: string };
  alert: {
    id: string;
    rule_id: string;
    rule_name: string;
    passage_id: string | null;
    camera_id: string;
    text: string;
    plate: string;
    reason: string;
    time_ms: number;
    acknowledged_at_ms: number | null;
    acknowledged_by: string | null;
    note: string | null;
  };
  webhook: RowColumns & { name: string; rest_json: string };
  mqtt_target: RowColumns & { name: string; rest_json: string };
  delivery: {
    id: string;
    target_kind: string;
    target_id: string;
    event: string;
    passage_id: string | null;
    payload: string;
    idempotency_key: string;
    state: string;
    attempts: number;
    created_at_ms: number;
    next_at_ms: number;
    done_at_ms: number | null;
    last_error: string | null;
    last_status: number | null;
  };
  user_account: RowColumns & {
    name: string;
    name_key: string;
    failed_logins: number;
    locked_until_ms: number | null;
    rest_json: string;
  };
  session: {
    id_hash: string;
    user_id: string;
    created_at_ms: number;
    last_seen_at_ms: number;
    expires_at_ms: number;
    address: string | null;
    user_agent: string | null;
  };
  api_key: RowColumns & { name: string; key_hash: string; last_used_at_ms: number | null; rest_json: string };
  audit: {
    sequence: number;
    id: string;
    time_ms: number;
    actor: string;
    action: string;
    target: string | null;
    address: string | null;
    /** Reason and details with a salt, as JSON; null once blackened. The chain covers only its hash. */
    content_json: string | null;
    content_hash: string;
    /** Keyed hash of the plate it names, to be found when the plate is forgotten. */
    plate_key: string | null;
    previous_hash: string;
    hash: string;
  };
  setting: { key: string; value_json: string };
}
