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
