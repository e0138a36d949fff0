import { Badge, Box, Group, Table, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import type { JSX } from "react";
import type { PassageRow } from "../../server/schemas/passages.ts";
import { strings } from "../strings.ts";
import { Confidence } from "./confidence.tsx";
import { formatTime, formatTimeShort } from "./format.ts";
import { Icon } from "./icons.tsx";
import { ListBadge } from "./list-badge.tsx";
import classes from "./passage-table.module.css";
import { Plate } from "./plate.tsx";

export interface PassageTableProps {
  readonly passages: readonly PassageRow[];
  readonly cameraName: (id: string) => string;
  readonly label?: string;
}

/** Passages as a table, and as cards where a table would not fit. */
export function PassageTable({ passages, cameraName, label = strings.passages.table }: PassageTableProps): JSX.Element {
  const navigate = useNavigate();
  const { columns } = strings.passages;
  return (
    <>
      <Table.ScrollContainer minWidth={820} visibleFrom="sm" type="native">
        <Table verticalSpacing="xs" aria-label={label} withRowBorders>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{columns.picture}</Table.Th>
              <Table.Th>{columns.plate}</Table.Th>
              <Table.Th>{columns.confidence}</Table.Th>
              <Table.Th>{columns.lists}</Table.Th>
              <Table.Th>{columns.camera}</Table.Th>
              <Table.Th>{columns.direction}</Table.Th>
              <Table.Th>{columns.time}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {passages.map((passage) => (
              <Table.Tr
                key={passage.id}
                className={classes.row}
                onClick={(event) => {
                  // Links and text being marked do what they always do.
                  const isLink = event.target instanceof Element && event.target.closest("a") !== null;
                  if (isLink || window.getSelection()?.toString()) return;
                  void navigate({ to: "/passages/$id", params: { id: passage.id } });
                }}
              >
                <Table.Td>
                  <PassageThumb passage={passage} />
                </Table.Td>
                <Table.Td>
                  <Group gap={8} wrap="nowrap">
                    <Link to="/passages/$id" params={{ id: passage.id }} className={classes.plateLink}>
                      <VisuallyHidden>{strings.passages.open} </VisuallyHidden>
                      <PassagePlate passage={passage} />
                    </Link>
                    <PassageMarks passage={passage} />
                  </Group>
                </Table.Td>
                <Table.Td>
                  <Confidence value={passage.confidence} />
                </Table.Td>
                <Table.Td>
                  <ListHits passage={passage} />
                </Table.Td>
                <Table.Td>{cameraName(passage.cameraId)}</Table.Td>
                <Table.Td>
                  <DirectionText direction={passage.direction} />
                </Table.Td>
                <Table.Td>
                  <time dateTime={new Date(passage.firstTimeMs).toISOString()} title={formatTime(passage.firstTimeMs)}>
                    {formatTimeShort(passage.firstTimeMs)}
                  </time>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Box hiddenFrom="sm">
        <ul className={classes.cards} aria-label={label}>
          {passages.map((passage) => (
            <li key={passage.id}>
              <Link to="/passages/$id" params={{ id: passage.id }} className={classes.card}>
                <span className={classes.cardTop}>
                  <PassagePlate passage={passage} />
                  <PassageThumb passage={passage} />
                </span>
                <Group justify="space-between" gap="xs">
                  <Text size="sm" c="dimmed" component="span">
                    {cameraName(passage.cameraId)} · {formatTimeShort(passage.firstTimeMs)}
                    {passage.direction !== null && ` · ${strings.plate.direction[passage.direction]}`}
                  </Text>
                  <Confidence value={passage.confidence} />
                </Group>
                <Group gap={6} mt={4}>
                  <PassageMarks passage={passage} />
                  <ListHits passage={passage} />
                </Group>
              </Link>
            </li>
          ))}
        </ul>
      </Box>
    </>
  );
}

/** The corrected text where there is one. */
export function shownText({ text, correctedText }: Pick<PassageRow, "text" | "correctedText">): string {
  return correctedText ?? text;
}

export function PassagePlate(props: {
  readonly passage: Pick<PassageRow, "text" | "display" | "correctedText" | "region">;
  readonly size?: "sm" | "md" | "lg";
}): JSX.Element {
  const { text, display, correctedText, region } = props.passage;
  return (
    <Plate
      text={correctedText ?? text}
      display={correctedText === null ? display : null}
      region={region}
      size={props.size ?? "md"}
    />
  );
}

export function PassageThumb({ passage }: { readonly passage: Pick<PassageRow, "pictures" | "text"> }): JSX.Element {
  const { crop } = passage.pictures;
  if (crop === null) {
    return (
      <span className={`${classes.thumb} ${classes.thumbNone}`}>
        <Icon name="photo" size={18} />
      </span>
    );
  }
  return <img className={classes.thumb} src={`/api/v1/pictures/${crop}`} alt="" loading="lazy" decoding="async" />;
}

/** What is unusual about a passage: doubt, correction, hold. */
export function PassageMarks({
  passage,
}: {
  readonly passage: Pick<PassageRow, "doubt" | "correctedText" | "hold" | "text">;
}): JSX.Element | null {
  const { doubt, correctedText, hold, text } = passage;
  if (doubt === null && correctedText === null && !hold) return null;
  return (
    <Group gap={4} wrap="nowrap">
      {doubt !== null && <Badge color="orange">{strings.plate.doubts[doubt] ?? doubt}</Badge>}
      {correctedText !== null && (
        <Tooltip label={strings.plate.correctedFrom(text)}>
          <Badge color="grape">{strings.plate.corrected}</Badge>
        </Tooltip>
      )}
      {hold && <Badge color="blue">{strings.plate.hold}</Badge>}
    </Group>
  );
}

export function ListHits({ passage }: { readonly passage: Pick<PassageRow, "listHits"> }): JSX.Element | null {
  if (passage.listHits.length === 0) return null;
  return (
    <Group gap={4}>
      {passage.listHits.map((hit) => (
        <ListBadge key={hit.entryId} name={hit.listName} kind={hit.listKind} />
      ))}
    </Group>
  );
}

export function DirectionText({ direction }: { readonly direction: "in" | "out" | null }): JSX.Element {
  if (direction === null)
    return (
      <Text span c="dimmed" size="sm">
        {strings.plate.direction.none}
      </Text>
    );
  return (
    <Group gap={4} wrap="nowrap" title={strings.plate.directionLabel[direction]}>
      <Icon name={direction === "in" ? "down" : "up"} size={15} />
      {strings.plate.direction[direction]}
    </Group>
  );
}
