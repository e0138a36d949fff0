/** Settings as one plain record, over the store's keys. */
import type { Store } from "../store/types.ts";
import { type Retention, retentionSchema, type Settings, settingsSchema } from "./schemas/administration.ts";

export const SETTINGS_DEFAULTS: Settings = {
  name: "PlateKit",
  timeZone: "UTC",
  reasonRequired: false,
  allowFileCameras: false,
  hosts: [],
};

export const RETENTION_DEFAULTS: Retention = { days: null, bytesPerCamera: null };

/** Holds the settings in memory: every request asks for the hosts. */
export interface SettingsCache {
  current(): Settings;
  retention(): Retention;
  load(): Promise<void>;
  change(patch: Partial<Settings>): Promise<Settings>;
  setRetention(rules: Retention): Promise<Retention>;
}

export function createSettingsCache(store: Store): SettingsCache {
  let settings = SETTINGS_DEFAULTS;
  let retention = RETENTION_DEFAULTS;
  return {
    current: () => settings,
    retention: () => retention,
    async load() {
      const all = await store.settings.all();
      const known = Object.fromEntries(Object.keys(SETTINGS_DEFAULTS).map((key) => [key, all.get(key)]));
      const given = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
      // What an older version wrote may no longer fit; the defaults then hold rather than nothing at all.
      const parsed = settingsSchema.safeParse({ ...SETTINGS_DEFAULTS, ...given });
      settings = parsed.success ? parsed.data : SETTINGS_DEFAULTS;
      const rules = retentionSchema.safeParse(all.get("retention") ?? RETENTION_DEFAULTS);
      retention = rules.success ? rules.data : RETENTION_DEFAULTS;
    },
    async change(patch) {
      for (const [key, value] of Object.entries(patch)) if (value !== undefined) await store.settings.set(key, value);
      settings = { ...settings, ...patch };
      return settings;
    },
    async setRetention(rules) {
      await store.settings.set("retention", rules);
      retention = rules;
      return retention;
    },
  };
}
