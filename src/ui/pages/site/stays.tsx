import { Badge, Button, Group, Paper, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type JSX, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { Session } from "../../../server/schemas/parking.ts";
import { addressOf } from "../../api/client.ts";
import { usePages } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { Download } from "../../parts/download.tsx";
import { formatTimeShort } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { formatMoney } from "../../parts/money.ts";
import { More } from "../../parts/more.tsx";
import { Plate } from "../../parts/plate.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { strings } from "../../strings.ts";
import { StayModal } from "./stay.tsx";

const words = siteStrings.parking;
const VIEWS = ["all", "inside", "unpaid", "overstay"] as const;

export function Stays({ site }: { readonly site: Site }): JSX.Element {
  const [view, setView] = useState<(typeof VIEWS)[number]>("all");
  const [search, setSearch] = useState("");
  const [reason, setReason] = useState("");
  const [plate] = useDebouncedValue(search.trim(), 300);
  const [shown, setShown] = useState<string | null>(null);
  const mayExport = useMay("passages:export");
  const needsReason = site.reasonRequired && plate !== "";
  const stays = usePages(
    "/api/v1/sites/:id/sessions",
    {
      params: { id: site.id },
      query: {
        view,
        ...(plate === "" ? {} : { plate }),
        ...(needsReason ? { reason } : {}),
      },
    },
    { enabled: !needsReason || reason.trim().length > 2 },
  );
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm" align="flex-end">
        <SegmentedControl
          aria-label={words.tabs.stays}
          data={VIEWS.map((value) => ({ value, label: words.views[value] }))}
          value={view}
          onChange={(value) => setView(VIEWS.find((one) => one === value) ?? "all")}
        />
        <Group gap="sm" align="flex-end">
          <TextInput
            aria-label={words.searchPlate}
            placeholder={words.searchPlate}
            leftSection={<Icon name="search" size={16} />}
            value={search}
            onChange={({ currentTarget: { value } }) => setSearch(value)}
            maxLength={32}
          />
          {needsReason && (
            <TextInput
              aria-label={strings.passages.reason}
              placeholder={strings.passages.reason}
              value={reason}
              onChange={({ currentTarget: { value } }) => setReason(value)}
            />
          )}
          {mayExport && (
            <Download size="sm" href={addressOf("/api/v1/sites/:id/sessions.csv", { params: { id: site.id } })}>
              {siteStrings.download.csv}
            </Download>
          )}
        </Group>
      </Group>
      <Answer query={stays}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Paper>
              <Empty
                icon="passages"
                title={words.noStays}
                text={view === "all" && plate === "" ? words.noStaysText : words.noStaysHere}
              />
            </Paper>
          ) : (
            <Paper>
              <StayTable stays={rows} onOpen={setShown} />
            </Paper>
          )
        }
      </Answer>
      <More pages={stays} />
      <StayModal site={site} sessionId={shown} onClose={() => setShown(null)} />
    </Stack>
  );
}

function StayTable(props: { readonly stays: readonly Session[]; readonly onOpen: (id: string) => void }): JSX.Element {
  const money = ({ fee }: Session, amount: number): string =>
    fee === null ? "–" : formatMoney(amount, fee.currency, fee.digits);
  const columns: readonly Column<Session>[] = [
    {
      head: siteStrings.plate,
      cell: ({ id, plate }) => (
        <Button
          variant="transparent"
          p={0}
          h="auto"
          aria-label={words.open(plate ?? siteStrings.forgotten)}
          onClick={() => props.onOpen(id)}
        >
          <Plate text={plate ?? siteStrings.forgotten} />
        </Button>
      ),
    },
    {
      head: words.entry,
      cell: ({ entry }) => (entry === null ? siteStrings.unread : formatTimeShort(entry.timeMs)),
    },
    {
      head: words.exit,
      cell: ({ exit, state }) => {
        if (exit !== null) return formatTimeShort(exit.timeMs);
        return state === "open" ? words.insideStill : siteStrings.unread;
      },
    },
    { head: words.stayed, cell: ({ minutes }) => (minutes === null ? "–" : words.minutes(minutes)) },
    { head: words.fee, cell: (stay) => money(stay, stay.fee?.amount ?? 0), isNumber: true },
    { head: words.due, cell: (stay) => money(stay, stay.due), isNumber: true },
    { head: siteStrings.note, cell: (stay) => <StayMarks stay={stay} /> },
  ];
  return (
    <DataTable label={words.staysTable} minWidth={760} columns={columns} rows={props.stays} keyOf={({ id }) => id} />
  );
}

/** What is to be known of a stay at a glance. */
export function StayMarks({ stay }: { readonly stay: Session }): JSX.Element {
  const { permit, doubts, overMinutes, reviewed, decided } = stay;
  return (
    <Group gap={4}>
      {permit !== null && (
        <Badge color={permit.use === "valid" ? "teal" : "gray"} title={permit.holder}>
          {words.permitUses[permit.use] ?? permit.use}
        </Badge>
      )}
      {overMinutes !== null && <Badge color="orange">{words.over(words.minutes(overMinutes))}</Badge>}
      {reviewed === null &&
        doubts.map((doubt) => (
          <Badge key={doubt} color="orange">
            {words.doubts[doubt] ?? doubt}
          </Badge>
        ))}
      {reviewed !== null && (
        <Text size="xs" c="dimmed">
          {words.reviewedBy(reviewed.by)}
        </Text>
      )}
      {decided !== null && (
        <Text size="xs" c="dimmed">
          {words.decidedBy(decided.by, decided.reason)}
        </Text>
      )}
    </Group>
  );
}
