import { Badge, Button, Group, Paper, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { type JSX, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { Case } from "../../../server/schemas/enforcement.ts";
import { addressOf } from "../../api/client.ts";
import { usePages, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { useCameraNames } from "../../parts/cameras.ts";
import { Download } from "../../parts/download.tsx";
import { formatTime, percent } from "../../parts/format.ts";
import { LinkAnchor } from "../../parts/link.tsx";
import { More } from "../../parts/more.tsx";
import { PassagePictures } from "../../parts/passage-pictures.tsx";
import { Plate } from "../../parts/plate.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { EnforcementSetup } from "./enforcement-setup.tsx";
import { SiteTabs } from "./site-tabs.tsx";

const words = siteStrings.enforcement;
const STATES = ["unconfirmed", "confirmed", "rejected"] as const;
const CASES = "/api/v1/sites/:id/cases";

export function EnforcementSite({ site }: { readonly site: Site }): JSX.Element {
  return (
    <SiteTabs names={words.tabs}>
      {(tab) => (tab === "cases" ? <Cases site={site} /> : <EnforcementSetup site={site} />)}
    </SiteTabs>
  );
}

function Cases({ site }: { readonly site: Site }): JSX.Element {
  const [state, setState] = useState<(typeof STATES)[number]>("unconfirmed");
  const cases = usePages(CASES, { params: { id: site.id }, query: { state, limit: 20 } });
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label={siteStrings.state}
        data={STATES.map((value) => ({ value, label: words.states[value] }))}
        value={state}
        onChange={(value) => setState(STATES.find((one) => one === value) ?? "unconfirmed")}
        style={{ alignSelf: "flex-start" }}
      />
      <Text size="sm" c="dimmed">
        {words.about}
      </Text>
      <Answer query={cases}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Paper>
              <Empty icon="check" title={words.empty} text={words.emptyText} />
            </Paper>
          ) : (
            <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
              {rows.map((one) => (
                <li key={one.id}>
                  <CaseCard site={site} one={one} />
                </li>
              ))}
            </Stack>
          )
        }
      </Answer>
      <More pages={cases} />
    </Stack>
  );
}

function CaseCard({ site, one }: { readonly site: Site; readonly one: Case }): JSX.Element {
  const { nameOf } = useCameraNames();
  const mayOperate = useMay("sites:operate");
  const mayExport = useMay("passages:export");
  const params = { id: site.id, case: one.id };
  const plate = one.plate ?? siteStrings.forgotten;
  return (
    <Paper p="md">
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <Group gap="xs">
            <Plate text={plate} />
            <Badge color="orange">{words.kinds[one.kind] ?? one.kind}</Badge>
            {one.grade !== null && <Badge color="gray">{words.grades[one.grade] ?? one.grade}</Badge>}
            <Text size="sm" c="dimmed">
              {percent(one.probability)}
              {one.read !== null && one.read !== one.plate ? ` · ${words.readAs(one.read)}` : ""}
              {one.source === null ? "" : ` · ${words.source(one.source)}`}
            </Text>
          </Group>
          {mayExport && (
            <Download
              href={addressOf("/api/v1/sites/:id/cases/:case/evidence", { params })}
              label={words.evidenceOf(plate)}
            >
              {words.evidence}
            </Download>
          )}
        </Group>
        <Text size="sm">{one.summary}</Text>
        <Group gap="md">
          {one.passages.map((passage) => (
            <Stack key={passage.id} gap={4}>
              <PassagePictures passage={passage} />
              <Text size="sm" c="dimmed">
                <LinkAnchor to="/passages/$id" params={{ id: passage.id }} underline="always">
                  {passage.text}
                </LinkAnchor>{" "}
                · {formatTime(passage.firstTimeMs)} · {nameOf(passage.cameraId)}
              </Text>
            </Stack>
          ))}
        </Group>
        {one.trail.map(({ decision, by, reason, timeMs }) => (
          <Text key={timeMs} size="sm">
            {words.decided(words.decisions[decision] ?? decision, by, formatTime(timeMs))}
            {reason === "" ? "" : `: ${reason}`}
          </Text>
        ))}
        {mayOperate && <Decide one={one} params={params} />}
      </Stack>
    </Paper>
  );
}

function Decide({
  one,
  params,
}: {
  readonly one: Case;
  readonly params: { readonly id: string; readonly case: string };
}): JSX.Element {
  const [reason, setReason] = useState("");
  const decide = useSend("POST", "/api/v1/sites/:id/cases/:case/decide", { stale: [CASES], done: siteStrings.done });
  const act = (decision: "confirm" | "reject" | "reopen") => () =>
    decide.mutate({ params, body: { decision, reason } });
  const hasReason = reason.trim() !== "";
  return (
    <Group gap="sm">
      <TextInput
        aria-label={siteStrings.reason}
        placeholder={words.reasonHint}
        w={260}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        maxLength={500}
      />
      {one.state === "unconfirmed" ? (
        <>
          <Button size="xs" loading={decide.isPending} onClick={act("confirm")}>
            {words.confirm}
          </Button>
          <Button size="xs" variant="default" disabled={!hasReason} onClick={act("reject")}>
            {words.reject}
          </Button>
        </>
      ) : (
        <Button size="xs" variant="default" disabled={!hasReason} onClick={act("reopen")}>
          {words.reopen}
        </Button>
      )}
    </Group>
  );
}
