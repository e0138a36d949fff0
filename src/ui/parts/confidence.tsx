import { Group, Stack, Text } from "@mantine/core";
import type { JSX } from "react";
import { strings } from "../strings.ts";
import classes from "./confidence.module.css";
import { percent } from "./format.ts";

/** Above: may be acted on; below the second: look yourself. */
const GOOD = 0.9;
const FAIR = 0.7;

function levelOf(confidence: number): "good" | "fair" | "poor" {
  return confidence >= GOOD ? "good" : confidence >= FAIR ? "fair" : "poor";
}

/** A probability 0..1 as a bar and in words. */
export function Confidence({ value }: { readonly value: number }): JSX.Element {
  return (
    <span className={classes.confidence} data-level={levelOf(value)}>
      <span className={classes.track} aria-hidden="true">
        <span className={classes.fill} style={{ width: `${Math.round(value * 100)}%` }} />
      </span>
      <span className={classes.value}>{percent(value)}</span>
    </span>
  );
}

/** Each character with its own probability. */
export function Characters({
  characters,
}: {
  readonly characters: readonly { readonly text: string; readonly confidence: number }[];
}): JSX.Element {
  return (
    <ol className={classes.characters} aria-label={strings.plate.characters}>
      {characters.map(({ text, confidence }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a character's place is its identity
        <li key={index} className={classes.character} data-level={levelOf(confidence)}>
          <span className={classes.letter}>{text}</span>
          <span className={classes.bar} aria-hidden="true">
            <span className={classes.fill} style={{ width: `${Math.round(confidence * 100)}%` }} />
          </span>
          <span className={classes.percent}>{Math.round(confidence * 100)}</span>
        </li>
      ))}
    </ol>
  );
}

/** Less likely ones would all read 0.0 %. */
const WORTH_TELLING = 0.001;
const MOST_CANDIDATES = 6;

/** Other texts that the plate may have; nothing where there is no choice. */
export function Candidates({
  candidates,
}: {
  readonly candidates: readonly { readonly text: string; readonly confidence: number }[];
}): JSX.Element | null {
  const told = candidates.filter(({ confidence }) => confidence >= WORTH_TELLING).slice(0, MOST_CANDIDATES);
  if (told.length < 2) return null;
  return (
    <Stack gap={3}>
      <Text size="xs" c="dimmed">
        {strings.plate.candidates}
      </Text>
      <Group gap="md" component="ul" m={0} p={0} style={{ listStyle: "none" }} aria-label={strings.plate.candidates}>
        {told.map(({ text, confidence }) => (
          <Group key={text} gap={6} component="li" wrap="nowrap">
            <Text size="sm" ff="monospace" fw={600}>
              {text}
            </Text>
            <Text size="xs" c="dimmed" className="numeric">
              {percent(confidence)}
            </Text>
          </Group>
        ))}
      </Group>
    </Stack>
  );
}
