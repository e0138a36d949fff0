import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { type JSX, type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { Icon } from "../../parts/icons.tsx";
import { strings } from "../../strings.ts";
import classes from "./area-editor.module.css";

type Point = [number, number];
export interface Areas {
  /** Null: the whole picture. */
  readonly roi: readonly Point[] | null;
  readonly line: { readonly from: Point; readonly to: Point } | null;
}

const words = strings.camera.areas;
const MAX_CORNERS = 64;

/**
 * Draws what counts (a polygon) and which way is in (a line) on a camera's picture. Corners are dragged, or moved with the
 * arrow keys; all in pixels of the full frame.
 */
export function AreaEditor(props: {
  readonly source: string;
  readonly width: number;
  readonly height: number;
  readonly value: Areas;
  readonly onChange: (value: Areas) => void;
}): JSX.Element {
  const { source, width, height, value, onChange } = props;
  const { roi, line } = value;
  const svg = useRef<SVGSVGElement>(null);
  const [drawing, setDrawing] = useState<"roi" | "line" | null>(null);
  const [draft, setDraft] = useState<readonly Point[]>([]);
  const [dragged, setDragged] = useState<number | "from" | "to" | null>(null);
  const radius = Math.max(width, height) / 90;

  const pointOf = ({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): Point => {
    const box = svg.current!.getBoundingClientRect(); // events come from it, so it is there
    return inside([((clientX - box.left) / box.width) * width, ((clientY - box.top) / box.height) * height]);
  };
  const inside = ([x, y]: Point): Point => [
    Math.round(Math.min(width, Math.max(0, x))),
    Math.round(Math.min(height, Math.max(0, y))),
  ];
  const move = (what: number | "from" | "to", to: Point): void => {
    if (typeof what === "number" && roi !== null) {
      onChange({ ...value, roi: roi.map((corner, i) => (i === what ? inside(to) : corner)) });
    } else if (line !== null) {
      onChange({ ...value, line: { ...line, [what]: inside(to) } });
    }
  };
  const finish = (corners: readonly Point[]): void => {
    if (drawing === "roi" && corners.length >= 3) onChange({ ...value, roi: corners });
    setDrawing(null);
    setDraft([]);
  };
  const start = (what: "roi" | "line" | null): void => {
    setDraft([]);
    setDrawing(what);
  };
  const press = (event: PointerEvent): void => {
    if (drawing === null) return;
    const next = [...draft, pointOf(event)];
    if (drawing === "line" && next.length === 2) {
      onChange({ ...value, line: { from: next[0]!, to: next[1]! } }); // both are there
      setDrawing(null);
      setDraft([]);
    } else if (next.length >= MAX_CORNERS) finish(next);
    else setDraft(next);
  };
  const keys =
    (what: number | "from" | "to", [x, y]: Point) =>
    (event: KeyboardEvent): void => {
      const step = event.shiftKey ? 20 : 4;
      const moves: Readonly<Record<string, Point>> = {
        ArrowLeft: [x - step, y],
        ArrowRight: [x + step, y],
        ArrowUp: [x, y - step],
        ArrowDown: [x, y + step],
      };
      const to = moves[event.key];
      if (to !== undefined) move(what, to);
      else if ((event.key === "Delete" || event.key === "Backspace") && typeof what === "number" && roi !== null) {
        onChange({ ...value, roi: roi.length > 3 ? roi.filter((_, i) => i !== what) : null });
      } else return;
      event.preventDefault();
    };
  const handle = (what: number | "from" | "to", point: Point, label: string): JSX.Element => (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button, and a handle must lie in the picture
    <circle
      key={what}
      className={classes.handle}
      cx={point[0]}
      cy={point[1]}
      r={radius}
      tabIndex={0}
      role="button"
      aria-label={`${label}: ${point[0]}, ${point[1]}. ${words.keys}`}
      onKeyDown={keys(what, point)}
      onPointerDown={(event) => {
        if (drawing !== null) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragged(what);
      }}
      onPointerMove={(event) => dragged === what && move(what, pointOf(event))}
      onPointerUp={() => setDragged(null)}
    />
  );
  const margin = 0.15;
  const points = (corners: readonly Point[]): string => corners.map((corner) => corner.join(",")).join(" ");

  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Button
          size="xs"
          variant={drawing === "roi" ? "filled" : "default"}
          onClick={() => (drawing === "roi" ? finish(draft) : start("roi"))}
        >
          {drawing === "roi" ? words.finish : words.drawRoi}
        </Button>
        <Button
          size="xs"
          variant={drawing === "line" ? "filled" : "default"}
          onClick={() => start(drawing === "line" ? null : "line")}
        >
          {drawing === "line" ? strings.actions.cancel : words.drawLine}
        </Button>
        {roi === null && drawing === null && (
          <Button
            size="xs"
            variant="subtle"
            onClick={() =>
              onChange({
                ...value,
                roi: [
                  inside([width * margin, height * margin]),
                  inside([width * (1 - margin), height * margin]),
                  inside([width * (1 - margin), height * (1 - margin)]),
                  inside([width * margin, height * (1 - margin)]),
                ],
              })
            }
          >
            {words.rectangle}
          </Button>
        )}
        {roi !== null && (
          <Button size="xs" variant="subtle" color="gray" onClick={() => onChange({ ...value, roi: null })}>
            {words.clearRoi}
          </Button>
        )}
        {line !== null && (
          <>
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              onClick={() => onChange({ ...value, line: { from: line.to, to: line.from } })}
            >
              {words.turn}
            </Button>
            <Button size="xs" variant="subtle" color="gray" onClick={() => onChange({ ...value, line: null })}>
              {words.clearLine}
            </Button>
          </>
        )}
      </Group>
      {drawing !== null && (
        <Alert variant="light" p="xs" icon={<Icon name="edit" size={18} />} role="status">
          {drawing === "roi" ? words.roiHint(draft.length) : words.lineHint}
        </Alert>
      )}
      <div className={classes.stage} data-drawing={drawing ?? undefined}>
        <img src={source} alt={words.picture} draggable={false} />
        {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset */}
        <svg
          ref={svg}
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          onPointerDown={press}
          aria-label={words.picture}
          role="group"
        >
          {roi !== null && drawing !== "roi" && <polygon className={classes.area} points={points(roi)} />}
          {draft.length > 0 && <polyline className={classes.area} points={points(draft)} />}
          {line !== null && drawing !== "line" && <Way line={line} size={radius * 2.4} />}
          {drawing === null && roi?.map((corner, i) => handle(i, corner, words.corner(i + 1)))}
          {drawing === null && line !== null && handle("from", line.from, words.lineFrom)}
          {drawing === null && line !== null && handle("to", line.to, words.lineTo)}
        </svg>
      </div>
      <Text size="xs" c="dimmed">
        {words.about}
      </Text>
    </Stack>
  );
}

/** The line, and an arrow across it that points where `in` goes: to the right of the way from `from` to `to`. */
function Way({ line, size }: { readonly line: NonNullable<Areas["line"]>; readonly size: number }): JSX.Element {
  const [x1, y1] = line.from;
  const [x2, y2] = line.to;
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [alongX, alongY] = [(x2 - x1) / length, (y2 - y1) / length];
  // To the right on a screen, where y points down.
  const [acrossX, acrossY] = [-alongY, alongX];
  const [middleX, middleY] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const at = (along: number, across: number): string =>
    `${middleX + alongX * along * size + acrossX * across * size},${middleY + alongY * along * size + acrossY * across * size}`;
  return (
    <g>
      <line className={classes.line} x1={x1} y1={y1} x2={x2} y2={y2} />
      <polygon className={classes.arrow} points={[at(-0.7, 0.2), at(0.7, 0.2), at(0, 1.6)].join(" ")} />
      <text
        className={classes.label}
        x={middleX + acrossX * size * 2.4}
        y={middleY + acrossY * size * 2.4}
        fontSize={size}
        textAnchor="middle"
        dominantBaseline="middle"
      >
        {strings.plate.direction.in}
      </text>
    </g>
  );
}
