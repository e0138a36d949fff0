/** Colours, radii and defaults of every page: calm greys, one accent, and the contrast that WCAG AA asks for. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";
import { strings } from "../strings.ts";

const lagoon: MantineColorsTuple = [
  "#e8f7f9",
  "#d3ecf0",
  "#a6d9e1",
  "#75c4d0",
  "#4fb2c1",
  "#35a3b3",
  "#1f8e9f",
  "#0b7383",
  "#065d6a",
  "#04444e",
];

export const theme = createTheme({
  primaryColor: "lagoon",
  // White on it reaches 5.5:1 in both schemes.
  primaryShade: 7,
  colors: { lagoon },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "DejaVu Sans Mono", monospace',
  headings: { fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Paper: { defaultProps: { withBorder: true, radius: "lg" } },
    Card: { defaultProps: { withBorder: true, radius: "lg" } },
    // Mantine's head of a dialog is a <header>, which would be a second banner of the page.
    Modal: {
      defaultProps: { radius: "lg", centered: true, attributes: { header: { role: "presentation" } } },
    },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": strings.actions.close } } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    Badge: { defaultProps: { variant: "light", radius: "sm", tt: "none" } },
    Table: { defaultProps: { horizontalSpacing: "md" } },
  },
});

/** Mantine's dimmed greys reach 3.3:1 on white; text needs 4.5:1. Pages lie a shade below their cards. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#565e68",
    "--mantine-color-placeholder": "#6a727c",
    "--mantine-color-body": "#f6f7f9",
    "--mantine-color-error": "#c22525",
    "--pk-surface": "#ffffff",
    "--pk-line": "#e2e5e9",
    "--pk-sunken": "#eef0f3",
    "--pk-active": "#e3f3f5",
    "--pk-active-text": "#065d6a",
    "--pk-good": "#15803d",
    "--pk-fair": "#a35a00",
    "--pk-poor": "#c22525",
  },
  dark: {
    "--mantine-color-dimmed": "#a4abb4",
    "--mantine-color-placeholder": "#8d959e",
    "--mantine-color-text": "#dfe3e8",
    "--mantine-color-body": "#16181c",
    "--mantine-color-error": "#ff8f8f",
    "--pk-surface": "#1e2126",
    "--pk-line": "#32373e",
    "--pk-sunken": "#121417",
    "--pk-active": "#1d3337",
    "--pk-active-text": "#a6d9e1",
    "--pk-good": "#4ade80",
    "--pk-fair": "#f5b14c",
    "--pk-poor": "#ff8f8f",
  },
});
