import { Badge, Button, Group, Paper, SegmentedControl, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type JSX, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { Session } from "../../../server/schemas/parking.ts";
import { addressOf } from "../../api/client.ts";
import { usePages } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { formatTimeShort } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { formatMoney } from "../../parts/money.ts";
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
            <Button
              component="a"
              href={addressOf("/api/v1/sites/:id/sessions.csv", { params: { id: site.id } })}
              variant="default"
              leftSection={<Icon name="download" size={16} />}
            >
              {siteStrings.download}
            </Button>
          )}
        </Group>
      </Group>
      <Answer query={stays}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Paper>
              <Empty icon="passages" title={siteStrings.none} />
            </Paper>
          ) : (
            <Paper>
              <StayTable stays={rows} onOpen={setShown} />
            </Paper>
          )
        }
      </Answer>
      {stays.hasNextPage && (
        <Group justify="center">
          <Button variant="default" loading={stays.isFetchingNextPage} onClick={() => void stays.fetchNextPage()}>
            {strings.actions.more}
          </Button>
        </Group>
      )}
      <StayModal site={site} sessionId={shown} onClose={() => setShown(null)} />
    </Stack>
  );
}

function StayTable(props: { readonly stays: readonly Session[]; readonly onOpen: (id: string) => void }): JSX.Element {
  return (
    <Table.ScrollContainer minWidth={760} type="native" tabIndex={0}>
      <Table aria-label={words.staysTable} verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{siteStrings.plate}</Table.Th>
            <Table.Th>{words.entry}</Table.Th>
            <Table.Th>{words.exit}</Table.Th>
            <Table.Th>{words.stayed}</Table.Th>
            <Table.Th ta="right">{words.fee}</Table.Th>
            <Table.Th ta="right">{words.due}</Table.Th>
            <Table.Th>{siteStrings.note}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.stays.map((stay) => (
            <Table.Tr key={stay.id}>
              <Table.Td>
                <Button
                  variant="transparent"
                  p={0}
                  h="auto"
                  aria-label={words.open(stay.plate ?? siteStrings.forgotten)}
                  onClick={() => props.onOpen(stay.id)}
                >
                  <Plate text={stay.plate ?? siteStrings.forgotten} />
                </Button>
              </Table.Td>
              <Table.Td>{stay.entry === null ? siteStrings.unread : formatTimeShort(stay.entry.timeMs)}</Table.Td>
              <Table.Td>
                {stay.exit !== null
                  ? formatTimeShort(stay.exit.timeMs)
                  : stay.state === "open"
                    ? words.insideStill
                    : siteStrings.unread}
              </Table.Td>
              <Table.Td>{stay.minutes === null ? "–" : words.minutes(stay.minutes)}</Table.Td>
              <Table.Td ta="right" className="numeric">
                {stay.fee === null ? "–" : formatMoney(stay.fee.amount, stay.fee.currency, stay.fee.digits)}
              </Table.Td>
              <Table.Td ta="right" className="numeric">
                {stay.fee === null ? "–" : formatMoney(stay.due, stay.fee.currency, stay.fee.digits)}
              </Table.Td>
              <Table.Td>
                <StayMarks stay={stay} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
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
