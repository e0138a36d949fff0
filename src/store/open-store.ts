/** Opens a store: the database, its keys and its pictures, put together. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createApiKeys, createSessions, createUsers } from "./accounts.ts";
import { createAlerts } from "./alerts.ts";
import { createAudit } from "./audit.ts";
import { writeBackup } from "./backup.ts";
import { createCameras } from "./cameras.ts";
import { type DatabaseOptions, openDatabase } from "./database.ts";
import { createDeliveries } from "./deliveries.ts";
import { createMqttTargets, createWebhooks } from "./delivery-targets.ts";
import { createLists } from "./lists.ts";
import { createPassages } from "./passages.ts";
import { fileError, openPictureFiles } from "./picture-files.ts";
import { createPictures } from "./pictures.ts";
import { createRetention } from "./retention.ts";
import { createSettings } from "./settings.ts";
import { createSiteRecords } from "./site-records.ts";
import { createSites } from "./sites.ts";
import { createStatistics } from "./statistics.ts";
import { storeHealth } from "./store-health.ts";
import { openKeys } from "./store-keys.ts";
import type { Store, StoreOptions } from "./types.ts";

const PICTURES_FOLDER = "pictures";

/**
 * Opens what is there, or makes it. SQLite runs on threads of its own, so that the caller's never waits for the disk.
 *
 * @throws PlateKitError STORE_UNAVAILABLE, STORE_FULL, STORE_CORRUPT, STORE_INVALID (written by a newer version).
 */
export async function openStore({
  directory,
  url,
  nowMs = Date.now,
  pragmas,
}: StoreOptions & Pick<DatabaseOptions, "pragmas">): Promise<Store> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw fileError(`The data folder ${directory} can't be made`, cause);
  }
  const keys = await openKeys(directory).catch((cause: unknown) => {
    throw fileError("The key of the store can't be read", cause);
  });
  const database = await openDatabase({ directory, url, pragmas });
  const picturesFolder = join(directory, PICTURES_FOLDER);
  const files = openPictureFiles(picturesFolder);
  const pictures = createPictures(database, files, nowMs);
  return {
    kind: database.kind,
    passages: createPassages({ database, keys, files, pictures, nowMs }),
    pictures,
    statistics: createStatistics(database),
    cameras: createCameras(database, nowMs),
    lists: createLists(database, nowMs),
    alerts: createAlerts(database, keys, nowMs),
    sites: createSites(database, keys, nowMs),
    siteRecords: createSiteRecords(database, keys),
    webhooks: createWebhooks(database, nowMs),
    mqttTargets: createMqttTargets(database, nowMs),
    deliveries: createDeliveries(database, nowMs),
    users: createUsers(database, nowMs),
    sessions: createSessions(database),
    apiKeys: createApiKeys(database, nowMs),
    audit: createAudit(database, keys, nowMs),
    settings: createSettings(database),
    retention: createRetention(database, pictures),
    health: () => storeHealth(database, directory),
    backup: (file) => pictures.keepAll(() => writeBackup({ database, directory, picturesFolder, url, nowMs }, file)),
    close: () => database.close(),
  };
}
