/** Line icons on a 24-pixel grid, drawn for PlateKit. Decoration only: what they stand for is said in words beside them. */
import type { JSX } from "react";

const PATHS = {
  try: "M4 8V6a2 2 0 0 1 2-2h2M16 4h2a2 2 0 0 1 2 2v2M20 16v2a2 2 0 0 1-2 2h-2M8 20H6a2 2 0 0 1-2-2v-2M7 10h10v4H7z",
  live: "M5 8a9 9 0 0 0 0 8M19 8a9 9 0 0 1 0 8M8 10.500a5 5 0 0 0 0 3M16 10.500a5 5 0 0 1 0 3M12 11.500v1",
  passages:
    "M3.500 16v-3.500l2-5A2 2 0 0 1 7.400 6h9.200a2 2 0 0 1 1.900 1.500l2 5V16M3.500 12.500h17M3.500 16h17v2.500h-3V16M6.500 16v2.500h-3M7 14.300h.01M17 14.300h.01",
  camera: "M4 7h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2zM16 11l6-3v8l-6-3z",
  lists: "M9 6h11M9 12h11M9 18h11M4.500 6h.01M4.500 12h.01M4.500 18h.01",
  sites: "M12 21s-6-6-6-11a6 6 0 0 1 12 0c0 5-6 11-6 11zM12 7.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
  alert: "M6 16V11a6 6 0 0 1 12 0v5l1.500 2h-15zM10 20.500a2.200 2.200 0 0 0 4 0",
  statistics: "M4 20h16M7 16v-4M12 16V6M17 16V9",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v1.500M12 19.500V21M3 12h1.500M19.500 12H21M5.600 5.600l1.100 1.100M17.300 17.300l1.100 1.100M18.400 5.600l-1.100 1.100M6.700 17.300l-1.100 1.100",
  moon: "M20 14.500A8 8 0 0 1 9.500 4 8 8 0 1 0 20 14.500z",
  system: "M4 5h16v11H4zM9 20h6M12 16v4",
  user: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.500 20a7.500 7.500 0 0 1 15 0",
  leave: "M14 4H6v16h8M11 12h9M17 9l3 3-3 3",
  search: "M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15.500 15.500L20 20",
  filter: "M4 6h16M7 12h10M10 18h4",
  upload: "M12 16V5M7.500 9.500L12 5l4.500 4.500M4 19h16",
  download: "M12 5v11M7.500 11.500L12 16l4.500-4.500M4 20h16",
  photo: "M4 8h3l2-3h6l2 3h3v11H4zM12 10a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7z",
  plus: "M12 5v14M5 12h14",
  edit: "M5 19l1-4L16 5l3 3L9 18zM14 7l3 3",
  trash: "M5 7h14M9.500 7V4.500h5V7M7 7l1 13h8l1-13",
  check: "M5 12.500l4.500 4.500L19 7.500",
  close: "M6 6l12 12M18 6L6 18",
  refresh: "M19 12a7 7 0 1 1-2.200-5.100M19 4v4h-4",
  left: "M14.500 6l-6 6 6 6",
  right: "M9.500 6l6 6-6 6",
  up: "M12 19V6M7 11l5-5 5 5",
  down: "M12 5v13M7 13l5 5 5-5",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  key: "M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM10.800 12.200L19 4M15.500 7.500l3 3M18 5l2 2",
  pause: "M9 6v12M15 6v12",
  play: "M8 5.500v13l10-6.500z",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  warning: "M12 4.500l8.500 15h-17zM12 10v4M12 16.800v.01",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  undo: "M8 5L4 9l4 4M4 9h10a5.500 5.500 0 0 1 0 11h-3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }): JSX.Element {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      style={{ flexShrink: 0 }}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
