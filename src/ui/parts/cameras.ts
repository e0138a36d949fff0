import { useAll } from "../api/queries.ts";
import { useMay } from "../api/session.ts";
import { strings } from "../strings.ts";

/** Names of cameras by id; a camera that is gone is named as such. */
export function useCameraNames(): {
  readonly nameOf: (id: string) => string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
} {
  const cameras = useAll("/api/v1/cameras", { enabled: useMay("cameras:read") });
  const names = new Map(cameras.data?.map(({ id, name }) => [id, name]));
  return {
    nameOf: (id) => names.get(id) ?? (cameras.data === undefined ? id : strings.passages.goneCamera),
    options: [...names].map(([value, label]) => ({ value, label })),
  };
}
