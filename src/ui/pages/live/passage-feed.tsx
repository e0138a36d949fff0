import { Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type JSX, useState } from "react";
import type { PassageRow } from "../../../server/schemas/passages.ts";
import { useLive } from "../../api/live.ts";
import { useGet } from "../../api/queries.ts";
import { formatTimeShort, percent } from "../../parts/format.ts";
import { ListHits, PassageMarks, PassagePlate } from "../../parts/passage-table.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";
import classes from "./live.module.css";

const SHOWN = 25;

/** The latest passages, new ones on top as they come. */
export function PassageFeed({ cameraName }: { readonly cameraName: (id: string) => string }): JSX.Element {
  const recent = useGet("/api/v1/passages", { query: { limit: SHOWN } });
  const [fresh, setFresh] = useState<readonly PassageRow[]>([]);
  useLive("passage", (passage) =>
    setFresh((before) => [passage, ...before.filter(({ id }) => id !== passage.id)].slice(0, SHOWN)),
  );
  useLive("lost", () => void recent.refetch());
  return (
    <Section title={strings.live.feed} flush>
      <Answer query={recent}>
        {({ items }) => {
          const freshIds = new Set(fresh.map(({ id }) => id));
          const shown = [...fresh, ...items.filter(({ id }) => !freshIds.has(id))].slice(0, SHOWN);
          if (shown.length === 0) {
            return <Empty icon="passages" title={strings.passages.empty} text={strings.passages.emptyText} />;
          }
          return (
            <ul className={classes.feed} aria-label={strings.live.feed} aria-live="polite" aria-relevant="additions">
              {shown.map((passage) => (
                <li key={passage.id}>
                  <Link
                    to="/passages/$id"
                    params={{ id: passage.id }}
                    className={classes.entry}
                    data-new={freshIds.has(passage.id) || undefined}
                  >
                    <span className={classes.line}>
                      <PassagePlate passage={passage} />
                      <Text size="sm" c="dimmed" component="span" className="numeric">
                        {formatTimeShort(passage.firstTimeMs)}
                      </Text>
                    </span>
                    <span className={classes.line}>
                      <Text size="sm" component="span">
                        {cameraName(passage.cameraId)}
                        {passage.direction !== null && ` · ${strings.plate.direction[passage.direction]}`}
                        {` · ${percent(passage.confidence)}`}
                      </Text>
                      <Group gap={4} component="span">
                        <ListHits passage={passage} />
                        <PassageMarks passage={passage} />
                      </Group>
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          );
        }}
      </Answer>
    </Section>
  );
}
