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
                    <PassagePlate passage={passage} />
                    <span className={classes.about}>
                      <Text size="sm" truncate component="span" display="block">
                        {cameraName(passage.cameraId)}
                        {passage.direction !== null && ` · ${strings.plate.direction[passage.direction]}`}
                      </Text>
                      <Text size="xs" c="dimmed" component="span" className="numeric">
                        {formatTimeShort(passage.firstTimeMs)} · {percent(passage.confidence)}
                      </Text>
                    </span>
                    <Group gap={4} justify="flex-end" component="span">
                      <ListHits passage={passage} />
                      <PassageMarks passage={passage} />
                    </Group>
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
